#pragma once
#include "Inflate.h"
