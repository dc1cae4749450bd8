// Elementary functions as straight-line code, which the compiler turns into vector instructions
// when a loop calls them. Each is right within a few units in the last place over the whole range,
// saturates or overflows where the true function does, and gives NaN for NaN.
#pragma once
#include <string.h>
#include "Targets.h"

#pragma clang fp contract(fast)

HG_INLINE uint32_t hg_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

HG_INLINE float hg_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// min(max(x, low), high), and NaN for NaN.
HG_INLINE float hg_clamp(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

// The larger number, and NaN if either is NaN.
HG_INLINE float hg_maximum(float a, float b) { return ((a > b) | (a != a)) ? a : b; }

// The smaller number, and NaN if either is NaN.
HG_INLINE float hg_minimum(float a, float b) { return ((a < b) | (a != a)) ? a : b; }

HG_INLINE float hg_sqrt(float x) { return __builtin_elementwise_sqrt(x); }

HG_INLINE float hg_abs(float x) { return __builtin_fabsf(x); }

// x = n ln 2 + r with |r| <= ln 2 / 2: gives r, and n as an integer and as a number. Adding
// 1.5 2^23 rounds to a whole number and leaves it in the low bits; a NaN stays one, with any
// number for n.
HG_INLINE float hg_reduce_exponent(float x, int32_t *n, float *whole) {
  const float magic = 0x1.8p23f;
  float shifted = x * 0x1.715476p0f + magic;
  *n = (int32_t)(hg_bits(shifted) - hg_bits(magic));
  *whole = shifted - magic;
  // ln 2 in two parts, the first of few enough bits that its product with n is exact.
  float r = x - *whole * 0.693359375f;
  return r - *whole * -2.12194440e-4f;
}

// exp(r) - 1 - r for |r| <= ln 2 / 2.
//
// Polynomial: Moshier, 1989, "Methods and Programs for Mathematical Functions" (Cephes, expf).
HG_INLINE float hg_exp_tail(float r) {
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * (r * r);
}

// 2^n for -126 <= n <= 127.
HG_INLINE float hg_power_of_two(int32_t n) { return hg_from_bits((uint32_t)(n + 127) << 23); }

// exp(x) = 2^n exp(r). The power is multiplied in two halves, so that results below the normal
// numbers and infinity come out.
HG_INLINE float hg_exp(float x) {
  int32_t n;
  float whole;
  float r = hg_reduce_exponent(hg_clamp(x, -105.0f, 89.0f), &n, &whole);
  float p = 1.0f + (r + hg_exp_tail(r));
  int32_t half = n >> 1;
  return p * hg_power_of_two(half) * hg_power_of_two(n - half);
}

// exp(x) for x <= 0, where the result is normal or may be 0 instead: one multiplication less.
HG_INLINE float hg_exp_negative(float x) {
  int32_t n;
  float whole;
  float r = hg_reduce_exponent(x < -87.3f ? -87.3f : x, &n, &whole);
  float p = (1.0f + (r + hg_exp_tail(r))) * hg_power_of_two(n);
  return x < -87.3f ? 0.0f : p;
}

// exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1), for x <= 88.
HG_INLINE float hg_expm1(float x) {
  int32_t n;
  float whole;
  float r = hg_reduce_exponent(hg_clamp(x, -30.0f, 88.0f), &n, &whole);
  float power = hg_power_of_two(n);
  return power * (r + hg_exp_tail(r)) + (power - 1.0f);
}

// ln(1 + f) - f for sqrt(1/2) - 1 <= f <= sqrt 2 - 1.
//
// Polynomial: Moshier, 1989, "Methods and Programs for Mathematical Functions" (Cephes, logf).
HG_INLINE float hg_log_tail(float f) {
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  float square = f * f;
  return p * (f * square) - 0.5f * square;
}

// ln(x) for a normal x = 2^e (1 + f), given f and e: e ln 2 + ln(1 + f).
HG_INLINE float hg_log_assemble(float f, float e) {
  return e * 0.693359375f + (f + (e * -2.12194440e-4f + hg_log_tail(f)));
}

// x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt 2, for a positive normal x: gives f.
HG_INLINE float hg_split(float x, float *e) {
  uint32_t bits = hg_bits(x);
  int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
  *e = (float)exponent;
  return hg_from_bits(bits - ((uint32_t)exponent << 23)) - 1.0f;
}

// ln(x): -infinity for 0, NaN below, infinity for infinity.
HG_INLINE float hg_log(float x) {
  float e;
  float scaled = x < 0x1p-126f ? x * 0x1p23f : x;
  float f = hg_split(scaled, &e);
  e = x < 0x1p-126f ? e - 23.0f : e;
  float result = hg_log_assemble(f, e);
  result = x == 0.0f ? -__builtin_inff() : result;
  result = x < __builtin_inff() ? result : x;  // infinity and NaN
  return x < 0.0f ? __builtin_nanf("") : result;
}

// ln(1 + x) for 0 <= x <= 1; 1 + x is halved when it is above sqrt 2.
HG_INLINE float hg_log1p_unit(float x) {
  float e = x > 0.41421356f ? 1.0f : 0.0f;
  float f = x > 0.41421356f ? 0.5f * x - 0.5f : x;
  return hg_log_assemble(f, e);
}

// tanh(x) = t / (t + 2) with t = exp(2 |x|) - 1, and the sign of x.
HG_INLINE float hg_tanh(float x) {
  float magnitude = hg_abs(x);
  float t = hg_expm1(2.0f * (magnitude > 10.0f ? 10.0f : magnitude));
  return __builtin_copysignf(t / (t + 2.0f), x);
}

// 1 / (1 + exp(-x)) = (x >= 0 ? 1 : exp(x)) / (1 + exp(-|x|)): keeps relative precision below 0.
HG_INLINE float hg_logistic(float x) {
  float e = hg_exp(-hg_abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|)).
HG_INLINE float hg_softplus(float x) {
  return (x < 0.0f ? 0.0f : x) + hg_log1p_unit(hg_exp(-hg_abs(x)));
}

// The cumulative normal distribution (1 + erf(x / sqrt 2)) / 2, and exp(-x * x / 2) on the side:
//
//     exp(-x * x / 2) t P(t) for x < 0, with t = 1 / (1 + 0.26 |x|), and 1 minus that for x >= 0.
//
// The form is from Abramowitz and Stegun, 1964, "Handbook of Mathematical Functions", 7.1.26; the
// polynomial is a minimax fit of the relative error (3e-8 for |x| <= 14.5).
HG_INLINE float hg_normal_cumulative(float x, float *bell) {
  float magnitude = hg_abs(x);
  float t = 1.0f / (1.0f + 0.26f * magnitude);
  float p = 0.03023030133f;
  p = p * t - 0.1514944388f;
  p = p * t + 0.2487332105f;
  p = p * t - 0.1477893501f;
  p = p * t + 0.1587587643f;
  p = p * t + 0.05196482065f;
  p = p * t + 0.1027886821f;
  p = p * t + 0.1030509739f;
  p = p * t + 0.1037570221f;
  *bell = hg_exp_negative(-0.5f * (x * x));
  float tail = *bell * (p * t);
  return x < 0.0f ? tail : 1.0f - tail;
}

// sin and cos of 2 pi w / 2^24 for a whole number w in 0 ..< 2^24: the nearest quarter turn is
// taken off exactly, and the rest lies within an eighth of a turn.
//
// Polynomials: Moshier, 1989, "Methods and Programs for Mathematical Functions" (Cephes, sinf).
HG_INLINE void hg_sin_cos_turn(int32_t w, float *sine, float *cosine) {
  int32_t quarter = (w + (1 << 21)) >> 22;
  float x = (float)(w - (quarter << 22)) * 0x1.921fb6p-22f;
  float square = x * x;
  float s = -1.9515295891e-4f;
  s = s * square + 8.3321608736e-3f;
  s = s * square - 1.6666654611e-1f;
  s = s * (square * x) + x;
  float c = 2.443315711809948e-5f;
  c = c * square - 1.388731625493765e-3f;
  c = c * square + 4.166664568298827e-2f;
  c = c * (square * square) + (1.0f - 0.5f * square);
  // A quarter turn swaps sine and cosine; the signs follow the quadrant.
  uint32_t odd = (uint32_t)quarter & 1;
  uint32_t sine_bits = odd ? hg_bits(c) : hg_bits(s);
  uint32_t cosine_bits = odd ? hg_bits(s) : hg_bits(c);
  *sine = hg_from_bits(sine_bits ^ (((uint32_t)quarter & 2) << 30));
  *cosine = hg_from_bits(cosine_bits ^ (((uint32_t)(quarter + 1) & 2) << 30));
}
