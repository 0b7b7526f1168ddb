// Log-sum-exps of rows and columns in one pass: a maximum, and a sum of exponentials relative to it.
//
// A warp takes its part of a patch into registers, and its largest score for all rows and columns: one
// exponential of a score serves both. A sum that is faint relative to that maximum may have lost terms.
// Where there is one, the warp adds again, with a maximum for each row and each column.

// Less than this, and a sum may have lost digits. Powers below 2^-126 become 0, so COLUMNS of them are
// less than 2^-58 of a sum that is not faint.
template <class T>
__device__ inline T faint() {
    return T(8.67361737988403547e-19);  // 2^-60
}

// The scores of a warp's part of a patch that belong to one thread. Those with offsets, `SHIFTED`, are
// in the unit of `power`.
template <class T, bool SHIFTED>
struct Scores {
    T s[PER_WARP][PER_LANE];

    __device__ void load(
        const Patch& at, const T* S, const T* shift_rows, const T* shift_columns
    ) {
#pragma unroll
        for (int r = 0; r < PER_WARP; ++r)
            ::load(S + at.entry(r), at, at.whole, at.has_row(r), -infinity(T(0)), s[r]);
        if (!SHIFTED) return;
        T columns[PER_LANE];
        load_columns(shift_columns, at, T(0), columns);
#pragma unroll
        for (int r = 0; r < PER_WARP; ++r) {
            const T row = of_row(shift_rows, at, r);
#pragma unroll
            for (int k = 0; k < PER_LANE; ++k)
                s[r][k] = fma(s[r][k], unit(T(0)), (row + columns[k]) * unit(T(0)));
        }
    }
    __device__ static T in_units(T x) { return SHIFTED ? x : x * unit(T(0)); }
    // The power of a score relative to a maximum, which is in units.
    __device__ static T relative(T x, T top) {
        return power(SHIFTED ? x - top : fma(x, unit(T(0)), -top));
    }
    __device__ T row_top(int r) const {
        T top = s[r][0];
#pragma unroll
        for (int k = 1; k < PER_LANE; ++k) top = fmax(top, s[r][k]);
        return top;
    }
    __device__ T column_top(int k) const {
        T top = s[0][k];
#pragma unroll
        for (int r = 1; r < PER_WARP; ++r) top = fmax(top, s[r][k]);
        return top;
    }
};

// Peaks relative to the maximum of the warp; false where one is faint. Lane l has the total of row
// l / (LANES / PER_WARP).
template <class T, bool SHIFTED>
__device__ inline bool add_quickly(
    const Scores<T, SHIFTED>& scores, const Patch& at, Peak<T>& row, Peak<T>* columns
) {
    T top = scores.row_top(0), totals[PER_WARP];
#pragma unroll
    for (int r = 1; r < PER_WARP; ++r) top = fmax(top, scores.row_top(r));
    top = scores.in_units(warp_max(top));
    const T from = finite_or_zero(top);
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) columns[k] = Peak<T>{top, T(0)};
#pragma unroll
    for (int r = 0; r < PER_WARP; ++r) {
        totals[r] = T(0);
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k) {
            const T e = scores.relative(scores.s[r][k], from);
            totals[r] += e;
            columns[k].total += e;
        }
    }
    row = Peak<T>{top, warp_sums<PER_WARP>(totals, at.lane)};
    T least = row.total;
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) least = fmin(least, columns[k].total);
    const bool infinite = top == infinity(T(0));  // then only that row and that column are
    return !__any_sync(0xffffffffu, infinite || least < faint<T>());
}

// The same with a maximum for each row and each column.
template <class T, bool SHIFTED>
__device__ inline void add_carefully(
    const Scores<T, SHIFTED>& scores, const Patch& at, Peak<T>& row, Peak<T>* columns
) {
#pragma unroll
    for (int r = 0; r < PER_WARP; ++r) {
        const T top = scores.in_units(warp_max(scores.row_top(r)));
        T total = T(0);
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k)
            total += scores.relative(scores.s[r][k], finite_or_zero(top));
        total = warp_sum(total);
        if (at.lane / (LANES / PER_WARP) == r) row = Peak<T>{top, total};
    }
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) {
        const T top = scores.in_units(scores.column_top(k));
        T total = T(0);
#pragma unroll
        for (int r = 0; r < PER_WARP; ++r)
            total += scores.relative(scores.s[r][k], finite_or_zero(top));
        columns[k] = Peak<T>{top, total};
    }
}

// Peaks of the rows of the patches and, unless those are null, of the columns.
template <bool SHIFTED, class T>
__device__ inline void peaks(
    const Patch& at, const T* S, const T* shift_rows, const T* shift_columns, T* row_tops,
    T* row_totals, T* column_tops, T* column_totals, T* tops, T* totals
) {
    Scores<T, SHIFTED> scores;
    Peak<T> row, columns[PER_LANE];
    scores.load(at, S, shift_rows, shift_columns);
    if (!add_quickly(scores, at, row, columns)) add_carefully(scores, at, row, columns);
    const int r = at.lane / (LANES / PER_WARP);
    if (at.lane % (LANES / PER_WARP) == 0 && at.has_row(r)) {
        const Index place = (Index)at.patch_column * at.n + at.first_row + r;
        row_tops[place] = row.top;
        row_totals[place] = row.total;
    }
    if (!column_tops) return;
    T x[PER_LANE];
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) x[k] = columns[k].top;
    share_columns(x, at, tops);
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) x[k] = columns[k].total;
    share_columns(x, at, totals);
    __syncthreads();
    const Peak<T> column = joined<WARPS>(tops + threadIdx.x, totals + threadIdx.x, COLUMNS);
    const int j = at.patch_column * COLUMNS + threadIdx.x;
    if (j < at.m) {
        column_tops[(Index)at.patch_row * at.m + j] = column.top;
        column_totals[(Index)at.patch_row * at.m + j] = column.total;
    }
}

#define PEAKS(T, dtype)                                                                        \
    extern "C" __global__ __launch_bounds__(THREADS, sizeof(T) == 4 ? 2 : 1) void peaks_##dtype(\
        const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m, T* row_tops,\
        T* row_totals, T* column_tops, T* column_totals                                        \
    ) {                                                                                        \
        __shared__ T tops[WARPS * COLUMNS], totals[WARPS * COLUMNS];                           \
        const Patch at(n, m);                                                                  \
        if (shift_rows || shift_columns)                                                       \
            peaks<true>(at, S, shift_rows, shift_columns, row_tops, row_totals, column_tops,   \
                        column_totals, tops, totals);                                          \
        else                                                                                   \
            peaks<false>(at, S, shift_rows, shift_columns, row_tops, row_totals, column_tops,  \
                         column_totals, tops, totals);                                         \
    }

PEAKS(float, float32)
PEAKS(double, float64)
