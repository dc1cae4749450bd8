// What the program does with its own process and with others.
#pragma once
#include "Child.h"
#include "Signals.h"
#include "Worker.h"
