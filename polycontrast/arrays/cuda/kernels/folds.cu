// Results of patches joined, in a fixed order; and numbers rounded to bfloat16.

const int FOLDED = 32;               // results of a block
const int TURNS = WARPS;             // threads that share one result, each a part of the patches

// The sum of parts (patches, length) over the patches.
template <class T>
__device__ inline void fold_sums(const T* parts, Index patches, Index length, T* out, T* shared) {
    const int turn = threadIdx.x / FOLDED, lane = threadIdx.x % FOLDED;
    const Index k = (Index)blockIdx.x * FOLDED + lane;
    T total = T(0);
    if (k < length)
        for (Index p = turn; p < patches; p += TURNS) total += parts[p * length + k];
    shared[turn * FOLDED + lane] = total;
    __syncthreads();
    if (turn || k >= length) return;
    for (int t = 1; t < TURNS; ++t) total += shared[t * FOLDED + lane];
    out[k] = total;
}

// A peak with one more, both in the unit of `power`.
template <class T>
__device__ inline void take(Peak<T>& p, T top, T total) {
    const T higher = fmax(p.top, top), from = finite_or_zero(higher);
    p.total = p.total * power(p.top - from) + total * power(top - from);
    p.top = higher;
}

// Peaks over the patches, which leave the unit of `power`: exp(top) times the total is the sum. What
// rounding takes from the top is given to the total.
template <class T>
__device__ inline void fold_peaks(
    const T* tops, const T* totals, Index patches, Index length, T* out_tops, T* out_totals,
    T* shared_tops, T* shared_totals
) {
    const int turn = threadIdx.x / FOLDED, lane = threadIdx.x % FOLDED;
    const Index k = (Index)blockIdx.x * FOLDED + lane;
    Peak<T> peak = {-infinity(T(0)), T(0)};
    if (k < length)
        for (Index p = turn; p < patches; p += TURNS)
            take(peak, tops[p * length + k], totals[p * length + k]);
    shared_tops[turn * FOLDED + lane] = peak.top;
    shared_totals[turn * FOLDED + lane] = peak.total;
    __syncthreads();
    if (turn || k >= length) return;
    peak = joined<TURNS>(shared_tops + lane, shared_totals + lane, FOLDED);
    const T top = peak.top / unit(T(0));
    out_tops[k] = top;
    out_totals[k] = isinf(top) ? peak.total
                               : peak.total * power(fma(-top, unit(T(0)), peak.top));
}

__device__ inline Index thread() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }

// The peaks of the union of two parts, which have left the unit of `power`.
template <class T>
__device__ inline void merge_peaks(T* tops, T* totals, const T* more_tops, const T* more_totals,
                                   Index length) {
    const Index k = thread();
    if (k >= length) return;
    const T top = fmax(tops[k], more_tops[k]), from = finite_or_zero(top);
    totals[k] = totals[k] * exp(tops[k] - from) + more_totals[k] * exp(more_tops[k] - from);
    tops[k] = top;
}

#define FOLDS(T, dtype)                                                                          \
    extern "C" __global__ void fold_sums_##dtype(                                                \
        const T* parts, Index patches, Index length, T* out                                      \
    ) {                                                                                          \
        __shared__ T shared[TURNS * FOLDED];                                                     \
        fold_sums<T>(parts, patches, length, out, shared);                                       \
    }                                                                                            \
    extern "C" __global__ void fold_peaks_##dtype(                                               \
        const T* tops, const T* totals, Index patches, Index length, T* out_tops, T* out_totals  \
    ) {                                                                                          \
        __shared__ T shared_tops[TURNS * FOLDED], shared_totals[TURNS * FOLDED];                 \
        fold_peaks<T>(tops, totals, patches, length, out_tops, out_totals, shared_tops,          \
                      shared_totals);                                                            \
    }                                                                                            \
    extern "C" __global__ void merge_peaks_##dtype(                                              \
        T* tops, T* totals, const T* more_tops, const T* more_totals, Index length               \
    ) {                                                                                          \
        merge_peaks<T>(tops, totals, more_tops, more_totals, length);                            \
    }

FOLDS(float, float32)
FOLDS(double, float64)

extern "C" __global__ void round_bfloat16(const float* x, Index count, bfloat16* out) {
    const Index k = thread();
    if (k < count) store_one(out + k, x[k]);
}
