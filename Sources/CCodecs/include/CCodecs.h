#pragma once
#include "Codecs.h"
#include "Deflate.h"
#include "Folder.h"
#include "Inflate.h"
#include "JPEG.h"
#include "PNG.h"
#include "Sound.h"
