#pragma once
#include "Deflate.h"
#include "Inflate.h"
