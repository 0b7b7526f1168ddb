// Rows of unit length, and the gradient of rows from that of their directions. A warp takes a row.
//
// A length is kept as two numbers, the largest size of an entry and the length in units of it: squares
// are then neither lost nor infinite. The second one is 0 where a row counts as a zero row.

__device__ inline float smallest_normal(float) { return 1.17549435e-38f; }
__device__ inline double smallest_normal(double) { return 2.2250738585072014e-308; }

__device__ inline Index row_of_warp() {
    return (Index)blockIdx.x * WARPS + threadIdx.x / LANES;
}
__device__ inline int lane_of_warp() { return threadIdx.x % LANES; }

// An entry of the direction of a row.
template <class T>
__device__ inline T direction(T x, T peak, T length) {
    return length == 0 ? T(0) : x / peak / length;
}

template <class T>
__device__ inline void row_lengths(Index rows, Index depth, const T* x, T* peaks, T* lengths) {
    const Index row = row_of_warp();
    if (row >= rows) return;
    const int lane = lane_of_warp();
    const T* from = x + row * depth;
    T peak = T(0), sum = T(0);
    bool bad = false;  // the largest of numbers with a nan may be another one
    for (Index c = lane; c < depth; c += LANES) {
        peak = fmax(peak, fabs(from[c]));
        bad |= from[c] != from[c];
    }
    peak = warp_max(peak);
    const bool zero = !__any_sync(0xffffffffu, bad) && peak < smallest_normal(T(0));
    if (zero || peak < smallest_normal(T(0))) peak = T(1);
    for (Index c = lane; c < depth; c += LANES) {
        const T part = from[c] / peak;
        sum += part * part;
    }
    sum = warp_sum(sum);
    if (lane) return;
    peaks[row] = peak;
    lengths[row] = zero ? T(0) : sqrt(sum);
}

// Directions times a scale, which may be null.
template <class T, class Out>
__device__ inline void directions(
    Index rows, Index depth, const T* x, const T* peaks, const T* lengths, const T* scale, Out* out
) {
    const Index row = row_of_warp();
    if (row >= rows) return;
    const T peak = peaks[row], length = lengths[row], factor = scale ? *scale : T(1);
    for (Index c = row * depth + lane_of_warp(); c < (row + 1) * depth; c += LANES)
        store_one(out + c, direction(x[c], peak, length) * factor);
}

// (g - <z, g> z) / |x| with the direction z; 0 for a zero row. The result may take the place of g.
template <class T>
__device__ inline void tangents(
    Index rows, Index depth, const T* g, const T* x, const T* peaks, const T* lengths, T* out
) {
    const Index row = row_of_warp();
    if (row >= rows) return;
    const T peak = peaks[row], length = lengths[row];
    const Index first = row * depth + lane_of_warp(), last = (row + 1) * depth;
    T radial = T(0);
    for (Index c = first; c < last; c += LANES) radial += direction(x[c], peak, length) * g[c];
    radial = warp_sum(radial);
    for (Index c = first; c < last; c += LANES) {
        const T rest = g[c] - radial * direction(x[c], peak, length);
        out[c] = length == 0 ? T(0) : rest / (peak * length);
    }
}

#define DIRECTIONS(NAME, T, OUT)                                                                   \
    extern "C" __global__ void NAME(                                                               \
        Index rows, Index depth, const T* x, const T* peaks, const T* lengths, const T* scale,     \
        OUT* out                                                                                   \
    ) {                                                                                            \
        directions<T, OUT>(rows, depth, x, peaks, lengths, scale, out);                            \
    }

#define UNIT_ROWS(T, dtype)                                                                        \
    DIRECTIONS(directions_##dtype, T, T)                                                           \
    extern "C" __global__ void lengths_##dtype(                                                    \
        Index rows, Index depth, const T* x, T* peaks, T* lengths                                  \
    ) {                                                                                            \
        row_lengths<T>(rows, depth, x, peaks, lengths);                                            \
    }                                                                                              \
    extern "C" __global__ void tangents_##dtype(                                                   \
        Index rows, Index depth, const T* g, const T* x, const T* peaks, const T* lengths, T* out  \
    ) {                                                                                            \
        tangents<T>(rows, depth, g, x, peaks, lengths, out);                                       \
    }

UNIT_ROWS(float, float32)
UNIT_ROWS(double, float64)
DIRECTIONS(directions_float32_bfloat16, float, bfloat16)
