// Weights of log-sum-exps L of rows and K of columns: u exp(s - L) + v exp(s - K).
//
// `s - L` is one fused multiply-add in the unit of `power`. Rounding the product of L and the unit moves
// a row's weights by up to |L| 2^-24 relatively, as much as a rounding of L itself.

// With `SHIFTED`, scores have offsets.
template <class T, bool SHIFTED>
struct Softmax {
    struct Row {
        T shift, less, factor;
    };
    struct Columns {
        T shift[PER_LANE], less[PER_LANE], factor[PER_LANE];
    };
    const T *shift_rows, *shift_columns, *u, *v, *L, *K;

    __device__ Row row(const Patch& at, int r) const {
        const T shift = SHIFTED ? of_row(shift_rows, at, r) : T(0);
        return Row{shift * unit(T(0)), (shift - of_row(L, at, r)) * unit(T(0)), of_row(u, at, r)};
    }
    __device__ static Row of_lane(const Row& mine, int lane) {
        const T shift = SHIFTED ? from_lane(mine.shift, lane) : T(0);
        return Row{shift, from_lane(mine.less, lane), from_lane(mine.factor, lane)};
    }
    // Where there are no columns, -inf takes their exponentials away.
    __device__ void load(Columns& columns, const Patch& at) const {
        if (SHIFTED) load_columns(shift_columns, at, T(0), columns.shift);
        load_columns(K, at, infinity(T(0)), columns.less);
        load_columns(v, at, T(0), columns.factor);
#pragma unroll
        for (int k = 0; k < PER_LANE; ++k) {
            const T shift = SHIFTED ? columns.shift[k] : T(0);
            columns.shift[k] = shift * unit(T(0));
            columns.less[k] = (shift - columns.less[k]) * unit(T(0));
        }
    }
    __device__ void operator()(
        T s, const Row& row, const Columns& columns, int k, T& value, T& weight
    ) const {
        T of_row = fma(s, unit(T(0)), row.less), of_column = fma(s, unit(T(0)), columns.less[k]);
        if (SHIFTED) {
            of_row += columns.shift[k];
            of_column += row.shift;
        }
        value = T(0);
        weight = fma(row.factor, power(of_row), columns.factor[k] * power(of_column));
    }
};

// Only scores with offsets need sums of the weights.
template <class T, class Out>
__device__ inline void softmax(
    const Patch& at, const T* S, const T* shift_rows, const T* shift_columns, const T* u, const T* v,
    const T* L, const T* K, Out* W, T*, T*, T* weight_rows, T* weight_columns, T* shared
) {
    T* const none = nullptr;
    if (shift_rows || shift_columns || weight_rows || weight_columns)
        visit<true>(at, S, Softmax<T, true>{shift_rows, shift_columns, u, v, L, K}, W, none, none,
                    weight_rows, weight_columns, shared);
    else
        visit<false>(at, S, Softmax<T, false>{none, none, u, v, L, K}, W, none, none, none, none,
                     shared);
}

VISITS(softmax)
