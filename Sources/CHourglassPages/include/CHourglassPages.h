// The files of the page and of the interface, which are compiled in.
#pragma once
#include <stddef.h>
#include <stdint.h>

// How many there are.
size_t hg_page_count(void);

// The path of one of them below Sources/Service, such as "Studio/start.js".
const char *hg_page_name(size_t index);

// The number of its bytes.
size_t hg_page_size(size_t index);

// Copies its bytes.
void hg_page_copy(size_t index, uint8_t *to);
