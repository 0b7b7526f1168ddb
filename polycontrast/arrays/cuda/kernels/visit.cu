// One pass from scores to weights and sums: W, and sums of values and weights along rows and columns.
//
// A body maps one score to a value, and to a weight dL/ds that uses the numbers of its row and its
// column. The bodies are in files of their own.

const int TOGETHER = 2;  // rows that are loaded before the first is used: four loads are under way

// From S (n, m) to weights W, which may be the memory of S, and to sums over the rows and columns of
// the patches. Results that are null are skipped. `SUMS` is false where no sum is wanted.
template <bool SUMS, class T, class Out, class Body>
__device__ inline void visit(
    const Patch& at, const T* S, const Body body, Out* W, T* value_rows, T* value_columns,
    T* weight_rows, T* weight_columns, T* shared
) {
    typename Body::Columns columns;
    body.load(columns, at);
    const typename Body::Row mine = body.row(at, at.lane % PER_WARP);  // each lane loads one row's
    T column_values[PER_LANE], column_weights[PER_LANE];
#pragma unroll
    for (int k = 0; k < PER_LANE; ++k) column_values[k] = column_weights[k] = T(0);
#pragma unroll 1
    for (int first = 0; first < PER_WARP; first += TOGETHER) {
        T s[TOGETHER][PER_LANE], row_values[TOGETHER], row_weights[TOGETHER];
        typename Body::Row rows[TOGETHER];
#pragma unroll
        for (int r = 0; r < TOGETHER; ++r) {
            load(S + at.entry(first + r), at, at.whole, at.has_row(first + r), -infinity(T(0)), s[r]);
            rows[r] = Body::of_lane(mine, first + r);
        }
#pragma unroll
        for (int r = 0; r < TOGETHER; ++r) {
            row_values[r] = row_weights[r] = T(0);
#pragma unroll
            for (int k = 0; k < PER_LANE; ++k) {
                T value, weight;
                body(s[r][k], rows[r], columns, k, value, weight);
                s[r][k] = weight;
                if (SUMS) {
                    row_values[r] += value;
                    row_weights[r] += weight;
                    column_values[k] += value;
                    column_weights[k] += weight;
                }
            }
            if (W) store(W + at.entry(first + r), at, at.has_row(first + r), s[r]);
        }
        if (SUMS) {
            const int r = first + at.lane / (LANES / TOGETHER);
            const bool writes = at.lane % (LANES / TOGETHER) == 0 && at.has_row(r);
            const Index place = (Index)at.patch_column * at.n + at.first_row + r;
            if (value_rows) {
                const T total = warp_sums<TOGETHER>(row_values, at.lane);
                if (writes) value_rows[place] = total;
            }
            if (weight_rows) {
                const T total = warp_sums<TOGETHER>(row_weights, at.lane);
                if (writes) weight_rows[place] = total;
            }
        }
    }
    if (SUMS && value_columns) put_columns(column_values, at, shared, value_columns);
    if (SUMS && weight_columns) put_columns(column_weights, at, shared, weight_columns);
}

// Entry points of a pass. Three blocks in float32 share a multiprocessor, which limits registers. Names
// are those of the pass, the scores and the weights.
#define VISIT(NAME, PASS, T, OUT)                                                           \
    extern "C" __global__ __launch_bounds__(THREADS, sizeof(T) == 4 ? 3 : 1) void NAME(     \
        const T* S, const T* shift_rows, const T* shift_columns, Index n, Index m, const T* u,\
        const T* v, const T* L, const T* K, OUT* W, T* value_rows, T* value_columns,        \
        T* weight_rows, T* weight_columns                                                   \
    ) {                                                                                     \
        __shared__ T shared[WARPS * COLUMNS];                                               \
        PASS<T, OUT>(Patch(n, m), S, shift_rows, shift_columns, u, v, L, K, W, value_rows,  \
                     value_columns, weight_rows, weight_columns, shared);                   \
    }

#define VISITS(PASS)                                                                        \
    VISIT(PASS##_float32, PASS, float, float)                                               \
    VISIT(PASS##_float32_bfloat16, PASS, float, bfloat16)                                   \
    VISIT(PASS##_float64, PASS, double, double)
