#pragma once
#include "Kernels.h"
