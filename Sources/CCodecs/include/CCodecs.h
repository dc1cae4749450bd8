#pragma once
#include "Inflate.h"
#include "RawInflate.h"
