// Sums over pairs of exp(s) and of softplus(s), and their weights f'(s) (u + v).

// The exponential has all digits here: its scores are not differences from a log-sum-exp.
template <class T>
struct Exponential {
    __device__ static float full(float s) { return expf(s); }
    __device__ static double full(double s) { return power(s); }
    __device__ static void of(T s, T& value, T& slope) { value = slope = full(s); }
};

// softplus(s) = max(s, 0) + log(1 + e) with e = exp(-|s|), and its slope 1 / (1 + exp(-s)).
template <class T>
struct Softplus {
    __device__ static void of(T s, T& value, T& slope);
};

// log(1 + e) is e times a polynomial, which is within 2^-24.9 of it, relatively, for e in [0, 1]: the
// logarithm of the hardware would lose the digits of small e. With roundings the relative error of the
// logarithm is below 2^-22.
template <>
__device__ inline void Softplus<float>::of(float s, float& value, float& slope) {
    const float e = power(-fabsf(s) * unit(0.f));
    float p = 0.00523267640f;
    p = fmaf(p, e, -0.0295051653f);
    p = fmaf(p, e, 0.0782258287f);
    p = fmaf(p, e, -0.136632353f);
    p = fmaf(p, e, 0.191060022f);
    p = fmaf(p, e, -0.248429805f);
    p = fmaf(p, e, 0.333190978f);
    p = fmaf(p, e, -0.499994934f);
    p = fmaf(p, e, 0.999999940f);
    value = fmaf(p, e, fmaxf(s, 0.f));
    slope = __fdividef(s >= 0 ? 1.f : e, 1.f + e);
}

template <>
__device__ inline void Softplus<double>::of(double s, double& value, double& slope) {
    const double e = power(-fabs(s));
    value = log1p(e) + fmax(s, 0.);
    slope = (s >= 0 ? 1. : e) / (1. + e);
}

template <class T, template <class> class Function>
struct Summed {
    struct Row {
        T shift, factor;
    };
    struct Columns {
        T shift[PER_LANE], factor[PER_LANE];
    };
    const T *shift_rows, *shift_columns, *u, *v;

    __device__ Row row(const Patch& at, int r) const {
        return Row{of_row(shift_rows, at, r), of_row(u, at, r)};
    }
    __device__ static Row of_lane(const Row& mine, int lane) {
        return Row{from_lane(mine.shift, lane), from_lane(mine.factor, lane)};
    }
    __device__ void load(Columns& columns, const Patch& at) const {
        load_columns(shift_columns, at, T(0), columns.shift);
        load_columns(v, at, T(0), columns.factor);
    }
    __device__ void operator()(
        T s, const Row& row, const Columns& columns, int k, T& value, T& weight
    ) const {
        T slope;
        Function<T>::of(s + row.shift + columns.shift[k], value, slope);
        weight = slope * (row.factor + columns.factor[k]);
    }
};

#define SUMMED(NAME, FUNCTION)                                                                      \
    template <class T, class Out>                                                                   \
    __device__ inline void NAME(                                                                    \
        const Patch& at, const T* S, const T* shift_rows, const T* shift_columns, const T* u,       \
        const T* v, const T*, const T*, Out* W, T* value_rows, T* value_columns, T* weight_rows,    \
        T* weight_columns, T* shared                                                                \
    ) {                                                                                             \
        visit<true>(at, S, Summed<T, FUNCTION>{shift_rows, shift_columns, u, v}, W, value_rows,     \
                    value_columns, weight_rows, weight_columns, shared);                            \
    }

SUMMED(exponential, Exponential)
SUMMED(softplus, Softplus)
VISITS(exponential)
VISITS(softplus)
