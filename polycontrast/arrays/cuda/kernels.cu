// Fused kernels of a tile: all elementwise arithmetic in one pass over its scores.
//
// A block computes a patch of ROWS x COLUMNS scores. Each of its warps takes every WARPS-th row of the
// patch, each lane every 32nd column. So sums of a row are reduced by shuffles. Sums of a column are
// added in registers, then over the warps in shared memory. Sums of patches are written out, and a
// second kernel adds them in a fixed order. There are no atomics, so two runs give the same bits.
//
// There are no include files. Only blocks, threads, shuffles and shared memory are not plain C++, so a
// test can compile this text for a processor too, see `tests/cuda/on_processor.h`.

typedef long long Index;
typedef unsigned short bfloat16;  // the bits; such a number is only ever stored

const int LANES = 32;
const int WARPS = 8;
const int PER_LANE = 8;  // columns of a patch per lane
const int PER_WARP = 8;  // rows of a patch per warp
const int COLUMNS = LANES * PER_LANE;
const int ROWS = WARPS * PER_WARP;

__device__ inline float infinity(float) { return __int_as_float(0x7f800000); }
__device__ inline double infinity(double) { return __longlong_as_double(0x7ff0000000000000LL); }

__device__ inline void store(float* to, float x) { *to = x; }
__device__ inline void store(double* to, double x) { *to = x; }

// Round to the nearest bfloat16, ties to even; nan stays nan.
__device__ inline void store(bfloat16* to, float x) {
    const unsigned bits = __float_as_uint(x);
    const unsigned rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    *to = x == x ? (bfloat16)rounded : (bfloat16)0x7fc0;
}

// The part of the patch that belongs to this thread.
struct Place {
    int lane, warp;
    Index patch_row, patch_column;

    __device__ Place()
        : lane(threadIdx.x % LANES),
          warp(threadIdx.x / LANES),
          patch_row(blockIdx.x),
          patch_column(blockIdx.y) {}

    __device__ Index row(int r) const { return patch_row * ROWS + warp + (Index)r * WARPS; }
    __device__ Index column(int k) const {
        return patch_column * COLUMNS + lane + (Index)k * LANES;
    }
};

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

// The scores of one row that belong to a thread, with offsets added. Offsets may be null.
template <class T>
__device__ inline void load(
    const T* S, const T* shift_rows, const T* shift, const Place& at, Index i, Index n, Index m, T* s
) {
    const T of_row = shift_rows && i < n ? shift_rows[i] : T(0);
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) {
        const Index j = at.column(k);
        s[k] = i < n && j < m ? S[i * m + j] + of_row + shift[k] : -infinity(T(0));
    }
}

template <class T>
__device__ inline void load_shift(const T* shift_columns, const Place& at, Index m, T* shift) {
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) {
        const Index j = at.column(k);
        shift[k] = shift_columns && j < m ? shift_columns[j] : T(0);
    }
}

// ---- Values and weights ----------------------------------------------------------------------
//
// A body maps one score s to a value, and to a weight dL/ds that uses the factors of its row and its
// column.

template <class T>
struct Exponential {
    typedef T Factor;
    const T *u, *v, *unused_u, *unused_v;

    __device__ Factor row(Index i) const { return u ? u[i] : T(0); }
    __device__ Factor column(Index j) const { return v ? v[j] : T(0); }
    __device__ void operator()(T s, Factor row, Factor column, T& value, T& weight) const {
        value = exp(s);
        weight = value * (row + column);
    }
};

template <class T>
struct Softplus {
    typedef T Factor;
    const T *u, *v, *unused_u, *unused_v;

    __device__ Factor row(Index i) const { return u ? u[i] : T(0); }
    __device__ Factor column(Index j) const { return v ? v[j] : T(0); }
    __device__ void operator()(T s, Factor row, Factor column, T& value, T& weight) const {
        const T e = exp(-fabs(s));
        value = log1p(e) + fmax(s, T(0));
        weight = (s >= 0 ? T(1) : e) / (1 + e) * (row + column);
    }
};

// Weights of log-sum-exps L of rows and K of columns: u exp(s - L) + v exp(s - K).
template <class T>
struct Softmax {
    struct Factor {
        T factor, lse;
    };
    const T *u, *v, *L, *K;

    __device__ Factor row(Index i) const { return Factor{u[i], L[i]}; }
    __device__ Factor column(Index j) const { return v ? Factor{v[j], K[j]} : Factor{T(0), T(0)}; }
    __device__ void operator()(T s, Factor row, Factor column, T& value, T& weight) const {
        value = T(0);
        weight = row.factor * exp(s - row.lse);
        if (v) weight += column.factor * exp(s - column.lse);
    }
};

// Sums over the warps of the column sums of each lane.
template <class T>
__device__ inline void put_columns(const T* sums, const Place& at, Index m, T* shared, T* out) {
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) shared[at.warp * COLUMNS + at.lane + k * LANES] = sums[k];
    __syncthreads();
    const Index j = at.patch_column * COLUMNS + threadIdx.x;
    T total = T(0);
    for (int w = 0; w < WARPS; ++w) total += shared[w * COLUMNS + threadIdx.x];
    if (j < m) out[at.patch_row * m + j] = total;
    __syncthreads();
}

// From S (n, m) to weights W, which may be the memory of S, and to sums over the rows and columns of
// the patches. Results that are null are skipped.
template <class T, class Out, class Body>
__device__ inline void visit(
    const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m, const Body body,
    Out* W, T* value_rows, T* value_columns, T* weight_rows, T* weight_columns
) {
    __shared__ T shared[WARPS * COLUMNS];
    const Place at;
    T shift[PER_LANE], values[PER_LANE], weights[PER_LANE];
    typename Body::Factor of_column[PER_LANE];
    load_shift(shift_columns, at, m, shift);
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) {
        values[k] = weights[k] = T(0);
        const Index j = at.column(k);
        of_column[k] = body.column(j < m ? j : m - 1);
    }
    for (int r = 0; r < PER_WARP; ++r) {
        const Index i = at.row(r);
        const typename Body::Factor of_row = body.row(i < n ? i : n - 1);
        T s[PER_LANE], row_value = T(0), row_weight = T(0);
        load(S, shift_rows, shift, at, i, n, m, s);
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k) {
            const Index j = at.column(k);
            T value, weight;
            body(s[k], of_row, of_column[k], value, weight);
            if (i < n && j < m) {
                values[k] += value;
                weights[k] += weight;
                row_value += value;
                row_weight += weight;
                if (W) store(W + i * m + j, weight);
            }
        }
        if (value_rows) {
            row_value = warp_sum(row_value);
            if (at.lane == 0 && i < n) value_rows[at.patch_column * n + i] = row_value;
        }
        if (weight_rows) {
            row_weight = warp_sum(row_weight);
            if (at.lane == 0 && i < n) weight_rows[at.patch_column * n + i] = row_weight;
        }
    }
    if (value_columns) put_columns(values, at, m, shared, value_columns);
    if (weight_columns) put_columns(weights, at, m, shared, weight_columns);
}

// ---- Running maxima --------------------------------------------------------------------------

// A maximum, and the sum of exponentials relative to it (to 0 where it is infinite).
template <class T>
struct Peak {
    T top, total;
};

// A peak with one more score. An infinite score is recognised by its maximum when peaks are merged.
template <class T>
__device__ inline void take(Peak<T>& p, T s) {
    if (s > p.top) {
        p.total = p.total * exp(p.top - s) + 1;
        p.top = s;
    } else if (s != -infinity(T(0))) {
        p.total += exp(s - p.top);
    }
}

template <class T>
__device__ inline Peak<T> merged(Peak<T> a, Peak<T> b) {
    const T top = fmax(a.top, b.top);
    const T shift = isinf(top) ? T(0) : top;
    return Peak<T>{top, a.total * exp(a.top - shift) + b.total * exp(b.top - shift)};
}

// Peaks of the rows of the patches and, unless those are null, of the columns.
template <class T>
__device__ inline void peaks(
    const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m,
    T* row_tops, T* row_totals, T* column_tops, T* column_totals
) {
    __shared__ T tops[WARPS * COLUMNS], totals[WARPS * COLUMNS];
    const Place at;
    const T nothing = -infinity(T(0));
    T shift[PER_LANE];
    Peak<T> columns[PER_LANE];
    load_shift(shift_columns, at, m, shift);
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) columns[k] = Peak<T>{nothing, T(0)};
    for (int r = 0; r < PER_WARP; ++r) {
        const Index i = at.row(r);
        T s[PER_LANE], top = nothing, total = T(0);
        load(S, shift_rows, shift, at, i, n, m, s);
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k) top = fmax(top, s[k]);
        top = warp_max(top);
        const T relative = isinf(top) ? T(0) : top;
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k) total += exp(s[k] - relative);
        total = warp_sum(total);
        if (at.lane == 0 && i < n) {
            row_tops[at.patch_column * n + i] = top;
            row_totals[at.patch_column * n + i] = total;
        }
        if (column_tops) {
#pragma unroll
            for (int k = 0; k < PER_LANE; ++k) take(columns[k], s[k]);
        }
    }
    if (!column_tops) return;
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) {
        tops[at.warp * COLUMNS + at.lane + k * LANES] = columns[k].top;
        totals[at.warp * COLUMNS + at.lane + k * LANES] = columns[k].total;
    }
    __syncthreads();
    const Index j = at.patch_column * COLUMNS + threadIdx.x;
    Peak<T> peak = {nothing, T(0)};
    for (int w = 0; w < WARPS; ++w) {
        const int from = w * COLUMNS + threadIdx.x;
        peak = merged(peak, Peak<T>{tops[from], totals[from]});
    }
    if (j < m) {
        column_tops[at.patch_row * m + j] = peak.top;
        column_totals[at.patch_row * m + j] = peak.total;
    }
}

// ---- Results over all patches ----------------------------------------------------------------

__device__ inline Index thread() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }

// The sum of parts (patches, length) over the patches.
template <class T>
__device__ inline void fold_sums(const T* parts, Index patches, Index length, T* out) {
    const Index k = thread();
    if (k >= length) return;
    T total = T(0);
    for (Index p = 0; p < patches; ++p) total += parts[p * length + k];
    out[k] = total;
}

template <class T>
__device__ inline void fold_peaks(
    const T* tops, const T* totals, Index patches, Index length, T* out_tops, T* out_totals
) {
    const Index k = thread();
    if (k >= length) return;
    Peak<T> peak = {-infinity(T(0)), T(0)};
    for (Index p = 0; p < patches; ++p)
        peak = merged(peak, Peak<T>{tops[p * length + k], totals[p * length + k]});
    out_tops[k] = peak.top;
    out_totals[k] = peak.total;
}

// The peaks of the union of two parts.
template <class T>
__device__ inline void merge_peaks(T* tops, T* totals, const T* more_tops, const T* more_totals,
                                   Index length) {
    const Index k = thread();
    if (k >= length) return;
    const Peak<T> peak =
        merged(Peak<T>{tops[k], totals[k]}, Peak<T>{more_tops[k], more_totals[k]});
    tops[k] = peak.top;
    totals[k] = peak.total;
}

// ---- Entry points: names are those of the body, the scores and the weights ---------------------

#define VISIT(NAME, BODY, T, OUT)                                                                \
    extern "C" __global__ void NAME(                                                             \
        const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m, const T* u,   \
        const T* v, const T* L, const T* K, OUT* W, T* value_rows, T* value_columns,             \
        T* weight_rows, T* weight_columns                                                        \
    ) {                                                                                          \
        visit<T, OUT>(S, shift_rows, shift_columns, n, m, BODY<T>{u, v, L, K}, W, value_rows,    \
                      value_columns, weight_rows, weight_columns);                               \
    }

#define VISITS(BODY, name)                                \
    VISIT(name##_float32, BODY, float, float)             \
    VISIT(name##_float32_bfloat16, BODY, float, bfloat16) \
    VISIT(name##_float64, BODY, double, double)

VISITS(Exponential, exponential)
VISITS(Softplus, softplus)
VISITS(Softmax, softmax)

#define FOLDS(T, dtype)                                                                          \
    extern "C" __global__ void peaks_##dtype(                                                    \
        const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m, T* row_tops,  \
        T* row_totals, T* column_tops, T* column_totals                                          \
    ) {                                                                                          \
        peaks<T>(S, shift_rows, shift_columns, n, m, row_tops, row_totals, column_tops,          \
                 column_totals);                                                                 \
    }                                                                                            \
    extern "C" __global__ void fold_sums_##dtype(                                                \
        const T* parts, Index patches, Index length, T* out                                      \
    ) {                                                                                          \
        fold_sums<T>(parts, patches, length, out);                                               \
    }                                                                                            \
    extern "C" __global__ void fold_peaks_##dtype(                                               \
        const T* tops, const T* totals, Index patches, Index length, T* out_tops, T* out_totals  \
    ) {                                                                                          \
        fold_peaks<T>(tops, totals, patches, length, out_tops, out_totals);                      \
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
    if (k < count) store(out + k, x[k]);
}
