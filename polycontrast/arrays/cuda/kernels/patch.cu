// What all kernels share: numbers, the patch of scores of a block, and sums along its rows and columns.
//
// A block computes a patch of ROWS x COLUMNS scores of a tile. A warp takes PER_WARP rows of the patch,
// a lane PER_LANE columns, in groups of four that one load brings. What belongs to a row is reduced by
// shuffles. What belongs to a column is reduced in registers, then over the warps in shared memory.
// Results of patches are written out, and a second kernel joins them in a fixed order. There are no
// atomics, so two runs give the same bits.
//
// Scores outside of the tile are -inf, as those of pairs that do not count. Every function here is 0
// there, so only loads and stores ask where the tile ends.
//
// This file and `visit.cu` begin the text of each other file of the folder, so that a call compiles
// what it needs. There are no include files. Only blocks, threads, shuffles, shared memory, `exp2f` and
// `__fdividef` are not plain C++, so a test can compile the text for a processor too, see
// `tests/cuda/on_processor.h`.

typedef long long Index;
typedef unsigned short bfloat16;  // the bits; such a number is only ever stored

const int LANES = 32;
const int WARPS = 8;
const int FOUR = 4;      // columns of one load
const int PER_LANE = 8;  // columns of a patch per lane
const int PER_WARP = 8;  // rows of a patch per warp
const int COLUMNS = LANES * PER_LANE;
const int ROWS = WARPS * PER_WARP;
const int THREADS = WARPS * LANES;

// ---- Numbers -----------------------------------------------------------------------------------

__device__ inline float infinity(float) { return __int_as_float(0x7f800000); }
__device__ inline double infinity(double) { return __longlong_as_double(0x7ff0000000000000LL); }

// Exponents in the unit of `power`. A GPU has an instruction for powers of 2 in float32; float64 has
// none, and keeps e. A product with the unit and a sum are one instruction with one rounding.
__device__ inline float unit(float) { return 1.44269504f; }  // log2(e)
__device__ inline double unit(double) { return 1; }
__device__ inline float power(float x) { return exp2f(x); }
__device__ __noinline__ double power(double x) { return exp(x); }  // it is long

template <class T>
__device__ inline T finite_or_zero(T x) {
    return isinf(x) ? T(0) : x;
}

// The nearest bfloat16, ties to even; nan stays nan.
__device__ inline unsigned rounded(float x) {
    const unsigned bits = __float_as_uint(x);
    return x == x ? (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16 : 0x7fc0u;
}

// Two of them, the first in the lower half.
__device__ inline unsigned rounded(float first, float second) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    unsigned bits;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(second), "f"(first));
    return bits;
#else
    return rounded(first) | rounded(second) << 16;
#endif
}

// A maximum in the unit of `power`, and the sum of powers relative to it (to 0 where it is infinite).
template <class T>
struct Peak {
    T top, total;
};

// Peaks of COUNT parts together, which are `step` apart in memory.
template <int COUNT, class T>
__device__ inline Peak<T> joined(const T* tops, const T* totals, int step) {
    T top = tops[0], total = T(0);
#pragma unroll
    for (int k = 1; k < COUNT; ++k) top = fmax(top, tops[k * step]);
#pragma unroll
    for (int k = 0; k < COUNT; ++k)
        total = fma(totals[k * step], power(tops[k * step] - finite_or_zero(top)), total);
    return Peak<T>{top, total};
}

// ---- Memory ------------------------------------------------------------------------------------

template <class T>
struct alignas(16) Four {
    T of[FOUR];
};

struct alignas(8) FourRounded {
    unsigned of[FOUR / 2];
};

__device__ inline bool is_aligned(const void* p) { return ((unsigned long long)p & 15) == 0; }

template <class T>
__device__ inline void store_four(T* to, const T* x) {
    *(Four<T>*)to = Four<T>{x[0], x[1], x[2], x[3]};
}
__device__ inline void store_four(bfloat16* to, const float* x) {
    *(FourRounded*)to = FourRounded{rounded(x[0], x[1]), rounded(x[2], x[3])};
}
template <class T>
__device__ inline void store_one(T* to, T x) {
    *to = x;
}
__device__ inline void store_one(bfloat16* to, float x) { *to = (bfloat16)rounded(x); }

// ---- The patch of a block ------------------------------------------------------------------------

// The part of it that belongs to this thread.
struct Patch {
    int lane, warp;
    int n, m;                        // rows and columns of the tile
    int patch_row, patch_column;     // of the block
    int first_row, first_column;     // of this thread, in the tile
    bool whole;                      // no bounds to check, and every group of four is aligned

    __device__ Patch(Index n, Index m)
        : lane(threadIdx.x % LANES),
          warp(threadIdx.x / LANES),
          n((int)n),
          m((int)m),
          patch_row(blockIdx.x),  // the axis of a grid that may be long
          patch_column(blockIdx.y),
          first_row(patch_row * ROWS + warp * PER_WARP),
          first_column(patch_column * COLUMNS + lane * FOUR),
          whole((patch_row + 1) * ROWS <= n && (patch_column + 1) * COLUMNS <= m && m % FOUR == 0) {}

    __device__ bool has_row(int r) const { return first_row + r < n; }
    // Where the k-th column of this thread is, from its first one.
    __device__ int step(int k) const { return k / FOUR * (LANES * FOUR) + k % FOUR; }
    __device__ bool has_column(int k) const { return first_column + step(k) < m; }
    __device__ Index entry(int r) const { return (Index)(first_row + r) * m + first_column; }
};

// PER_LANE numbers of a thread, from the place of its first column; `filler` outside of the tile.
template <class T>
__device__ inline void load(const T* from, const Patch& at, bool whole, bool there, T filler, T* x) {
    if (whole) {
#pragma unroll
        for (int k = 0; k < PER_LANE; k += FOUR) {
            const Four<T> four = *(const Four<T>*)(from + at.step(k));
#pragma unroll
            for (int q = 0; q < FOUR; ++q) x[k + q] = four.of[q];
        }
    } else {
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k)
            x[k] = there && at.has_column(k) ? from[at.step(k)] : filler;
    }
}

// The number of a row; 0 outside of the tile, and where the vector is null.
template <class T>
__device__ inline T of_row(const T* vector, const Patch& at, int r) {
    return vector && at.has_row(r) ? vector[at.first_row + r] : T(0);
}

// PER_LANE numbers of a vector with a number for each column of the tile, which
// may be null.
template <class T>
__device__ inline void load_columns(const T* vector, const Patch& at, T filler, T* x) {
    const T* from = vector + at.first_column;
    load(from, at, at.whole && vector && is_aligned(from), vector, filler, x);
}

template <class T, class Out>
__device__ inline void store(Out* to, const Patch& at, bool there, const T* x) {
    if (at.whole) {
#pragma unroll
        for (int k = 0; k < PER_LANE; k += FOUR) store_four(to + at.step(k), x + k);
    } else {
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k)
            if (there && at.has_column(k)) store_one(to + at.step(k), x[k]);
    }
}

// ---- Numbers of other lanes ----------------------------------------------------------------------------------

template <class T>
__device__ inline T from_lane(T x, int lane) {
    return __shfl_sync(0xffffffffu, x, lane);
}

template <class T>
__device__ inline T warp_sum(T x) {
    for (int far = LANES / 2; far > 0; far /= 2) x += __shfl_xor_sync(0xffffffffu, x, far);
    return x;
}

template <class T>
__device__ inline T warp_max(T x) {
    for (int far = LANES / 2; far > 0; far /= 2)
        x = fmax(x, __shfl_xor_sync(0xffffffffu, x, far));
    return x;
}

// Sums over the lanes of N numbers: lane l gets that of number l / (LANES / N).
//
// Each step adds two halves of the lanes, and each half keeps one half of the numbers. That takes fewer
// instructions than N sums one after another.
template <int N, class T>
__device__ inline T warp_sums(const T* x, int lane) {
    T kept[N];
#pragma unroll
    for (int k = 0; k < N; ++k) kept[k] = x[k];
    int far = LANES / 2;
#pragma unroll
    for (int half = N / 2; half > 0; half /= 2, far /= 2) {
        const bool upper = lane & far;
#pragma unroll
        for (int k = 0; k < half; ++k) {
            const T given = upper ? kept[k] : kept[k + half];
            kept[k] = (upper ? kept[k + half] : kept[k]) + __shfl_xor_sync(0xffffffffu, given, far);
        }
    }
    for (; far > 0; far /= 2) kept[0] += __shfl_xor_sync(0xffffffffu, kept[0], far);
    return kept[0];
}

// Numbers of a warp for each column of the patch, into its part of the shared memory.
template <class T>
__device__ inline void share_columns(const T* x, const Patch& at, T* shared) {
#pragma unroll
    for (int k = 0; k < PER_LANE; k += FOUR)
        store_four(shared + at.warp * COLUMNS + at.lane * FOUR + at.step(k), x + k);
}

// Sums over the warps of such numbers, to row `patch_row` of `out` (patches, m).
template <class T>
__device__ inline void put_columns(const T* x, const Patch& at, T* shared, T* out) {
    share_columns(x, at, shared);
    __syncthreads();
    T total = T(0);
#pragma unroll
    for (int w = 0; w < WARPS; ++w) total += shared[w * COLUMNS + threadIdx.x];
    const int j = at.patch_column * COLUMNS + threadIdx.x;
    if (j < at.m) out[(Index)at.patch_row * at.m + j] = total;
    __syncthreads();
}
