#include "Numbers.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_DIGITS = 19 };

// The 128 leading bits of 5^-decimals, rounded up.
static const uint64_t reciprocals[HG_MOST_DECIMALS + 1][2] = {
    {0x8000000000000000, 0x0000000000000001},
    {0xcccccccccccccccc, 0xcccccccccccccccd},
    {0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4},
    {0x83126e978d4fdf3b, 0x645a1cac083126ea},
    {0xd1b71758e219652b, 0xd3c36113404ea4a9},
    {0xa7c5ac471b478423, 0x0fcf80dc33721d54},
    {0x8637bd05af6c69b5, 0xa63f9a49c2c1b110},
    {0xd6bf94d5e57a42bc, 0x3d32907604691b4d},
    {0xabcc77118461cefc, 0xfdc20d2b36ba7c3e},
    {0x89705f4136b4a597, 0x31680a88f8953031},
    {0xdbe6fecebdedd5be, 0xb573440e5a884d1c},
    {0xafebff0bcb24aafe, 0xf78f69a51539d749},
    {0x8cbccc096f5088cb, 0xf93f87b7442e45d4},
    {0xe12e13424bb40e13, 0x2865a5f206b06fba},
    {0xb424dc35095cd80f, 0x538484c19ef38c95},
    {0x901d7cf73ab0acd9, 0x0f9d37014bf60a11},
    {0xe69594bec44de15b, 0x4c2ebe687989a9b4},
    {0xb877aa3236a4b449, 0x09befeb9fad487c3},
    {0x9392ee8e921d5d07, 0x3aff322e62439fd0},
    {0xec1e4a7db69561a5, 0x2b31e9e3d06c32e6},
};

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                       1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

static const uint64_t whole_powers_of_ten[] = {1,      10,      100,      1000,     10000,
                                               100000, 1000000, 10000000, 100000000};

// Lemire, 2021, "Number parsing at a gigabyte per second", arXiv:2101.11408, algorithm 1; Mushtak, Lemire,
// 2023, "Fast number parsing without fallback", arXiv:2212.06644 (no case is left in doubt).
static inline double decimal_value(uint64_t mantissa, int decimals) {
  if (decimals <= 0 || decimals > HG_MOST_DECIMALS || mantissa == 0) return (double)mantissa;
  int leading = __builtin_clzll(mantissa);
  uint64_t scaled = mantissa << leading;
  unsigned __int128 product = (unsigned __int128)scaled * reciprocals[decimals][0];
  uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
  if ((high & 0x1ff) == 0x1ff) {
    uint64_t further = (uint64_t)(((unsigned __int128)scaled * reciprocals[decimals][1]) >> 64);
    low += further;
    if (low < further) high += 1;
  }
  uint64_t upper = high >> 63, shift = upper + 9, significand = high >> shift;
  // Half way between two numbers: exact only where the power of five is small.
  if (low <= 1 && decimals <= 4 && (significand & 3) == 1 && significand << shift == high)
    significand &= ~(uint64_t)1;
  significand = (significand + (significand & 1)) >> 1;
  // 217706 / 2^16 is the logarithm of 10 to the base 2, as near as these decimals need it.
  int64_t exponent = ((-217706 * (int64_t)decimals) >> 16) + 63 + (int64_t)upper - leading + 1023;
  if (significand >= (uint64_t)1 << 53) {
    significand = (uint64_t)1 << 52;
    exponent += 1;
  }
  uint64_t bits = (uint64_t)exponent << 52 | (significand & (((uint64_t)1 << 52) - 1));
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

double hg_decimal_value(uint64_t mantissa, int decimals) { return decimal_value(mantissa, decimals); }

static const uint64_t high_bits = 0x8080808080808080u;

static inline uint64_t eight_bytes(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  // A digit becomes the number that it stands for.
  return word ^ 0x3030303030303030u;
}

// The highest bit of each byte that is no digit; a byte above 9 carries into its highest bit, and what that
// changes lies behind it.
static inline uint64_t others(uint64_t word) { return ((word + 0x7676767676767676u) | word) & high_bits; }

static inline unsigned bytes_before(uint64_t bits) {
  return bits == 0 ? 8 : (unsigned)__builtin_ctzll(bits) >> 3;
}

// The whole number that the first 0 to 8 bytes are; how many they are is no branch.
static inline uint64_t number(uint64_t word, unsigned count) {
  uint64_t all = (word << ((64 - 8 * count) & 63)) & (0 - (uint64_t)(count != 0));
  all = all * 10 + (all >> 8);
  uint64_t first = (all & 0x000000ff000000ffu) * 0x000f424000000064u;
  uint64_t second = ((all >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u;
  return (first + second) >> 32;
}

// Reads the digits behind a whole number; the number of them, or more than MOST_DIGITS where with those before
// there are too many.
//
// That eight bytes are digits is foreseen, so that the next eight are looked at before it is known.
static inline unsigned more_digits(const uint8_t *bytes, uint64_t *mantissa, unsigned before) {
  unsigned all = 0;
  uint64_t word = eight_bytes(bytes), rest = others(word);
  while (rest == 0) {
    *mantissa = *mantissa * 100000000 + number(word, 8);
    all += 8;
    if (before + all > MOST_DIGITS) return MOST_DIGITS + 1;
    word = eight_bytes(bytes + all);
    rest = others(word);
  }
  unsigned count = bytes_before(rest);
  *mantissa = *mantissa * whole_powers_of_ten[count] + number(word, count);
  all += count;
  return before + all > MOST_DIGITS ? MOST_DIGITS + 1 : all;
}

void hg_number_cells_read(hg_number_cells *cells) {
  if (cells->count <= HG_NUMBER_MARGIN) return;
  const uint8_t *position = cells->bytes + cells->position;
  const uint8_t *limit = cells->bytes + cells->count - HG_NUMBER_MARGIN;
  const uint8_t separator = cells->separator;
  const uint8_t *is_number = cells->is_number;
  uint32_t *decimals = cells->decimals;
  const int64_t last_row = cells->last_row, stride = cells->stride;
  int64_t column = cells->column, row = cells->row;
  while (position < limit && row < last_row && is_number[column]) {
    const uint8_t *end = position;
    if (*end == ' ') ++end;
    // Signs come and go without an order that a processor could foresee, so nothing branches on them: the
    // byte of a sign counts as a digit first, and is then made a zero.
    uint64_t word = eight_bytes(end);
    uint64_t is_negative = (uint8_t)word == ('-' ^ '0');
    unsigned whole = bytes_before(others(word) & ~(is_negative << 7));
    double value = NAN;
    uint32_t kind = 0;
    if (whole > is_negative || end[is_negative] == '.') {
      uint64_t mantissa = number(word & ~(0xff & (0 - is_negative)), whole);
      unsigned fraction = 0;
      if (whole == 8) {
        whole += more_digits(end + 8, &mantissa, whole - (unsigned)is_negative);
        if (whole > MOST_DIGITS + is_negative) break;
      }
      unsigned length = whole;
      if (end[length] == '.') {
        // Zeros before the point take no room.
        unsigned before = mantissa == 0 ? 0 : whole - (unsigned)is_negative;
        fraction = more_digits(end + length + 1, &mantissa, before);
        if (fraction > MOST_DIGITS || whole + fraction == is_negative) break;
        length += fraction + 1;
      }
      end += length;
      kind = (uint32_t)1 << fraction;
      // A zero before other digits of a whole number, as in 007.
      uint32_t is_padded = ((uint8_t)(word >> (8 * is_negative)) == 0) & (whole > 1 + is_negative) & (fraction == 0);
      kind |= is_padded * HG_LEADING_ZERO;
      double magnitude;
      if (mantissa > (uint64_t)1 << 40) {
        // Whether a number of 16 or 17 digits is exact cannot be foreseen either.
        magnitude = decimal_value(mantissa, (int)fraction);
        if (fraction == 0 && mantissa >= (uint64_t)1 << 53) kind |= HG_LARGE_NUMBER;
      } else {
        magnitude = (double)(int64_t)mantissa;
        if (fraction > 0) magnitude /= powers_of_ten[fraction];
      }
      uint64_t bits;
      memcpy(&bits, &magnitude, sizeof bits);
      bits |= is_negative << 63;
      memcpy(&value, &bits, sizeof value);
    }
    uint8_t stop = *end;
    if (stop == separator) {
      cells->cells[column * stride + row] = value;
      decimals[column] |= kind;
      position = end + 1;
      column += 1;
      continue;
    }
    // A row of one cell without a byte is a blank line, which is none.
    if ((stop != '\n' && stop != '\r') || column != cells->column_count - 1 ||
        (column == 0 && end == position))
      break;
    cells->cells[column * stride + row] = value;
    decimals[column] |= kind;
    position = end + 1 + (stop == '\r' && end[1] == '\n');
    column = 0;
    row += 1;
  }
  cells->position = (size_t)(position - cells->bytes);
  cells->column = column;
  cells->row = row;
}

// Advises on the pages that some memory lies in; advice that the system does not know is no harm.
static void advise(const void *memory, size_t size, int advice) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (uintptr_t)memory & ~(page - 1);
  uintptr_t end = ((uintptr_t)memory + size + page - 1) & ~(page - 1);
  (void)madvise((void *)start, end - start, advice);
}

void hg_prefer_large_pages(const void *memory, size_t size) {
#ifdef MADV_HUGEPAGE
  advise(memory, size, MADV_HUGEPAGE);
#else
  (void)memory;
  (void)size;
#endif
}

void hg_get_pages(const void *memory, size_t size) {
#ifdef MADV_POPULATE_WRITE
  advise(memory, size, MADV_POPULATE_WRITE);
#else
  (void)memory;
  (void)size;
#endif
}
