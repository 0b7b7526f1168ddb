// A block of threads on one processor: enough of CUDA to run `kernels/` as it is.
//
// Every thread of a block is a context of its own. They take turns, and a thread gives its turn
// away where it would wait for others: at a barrier, and in a shuffle. All threads of our kernels
// come to the same ones in the same order, so once each has had a turn, all have arrived.

#include <math.h>
#include <string.h>
#include <ucontext.h>

#include <functional>
#include <memory>
#include <vector>

#define __device__
#define __global__
#define __shared__ static
#define __launch_bounds__(...)
#define __noinline__

struct Dim {
    unsigned x, y, z;
};
static Dim threadIdx, blockIdx, blockDim;

namespace on_processor {

struct Thread {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    double given;  // to a shuffle
    bool done;
};

static std::vector<Thread> threads;
static ucontext_t scheduler;
static unsigned current;
static std::function<void()> body;

static const size_t STACK = 64 * 1024;

static void run() {
    body();
    threads[current].done = true;
    swapcontext(&threads[current].context, &scheduler);
}

static void wait_for_others() {
    const unsigned mine = current;
    swapcontext(&threads[mine].context, &scheduler);
}

static void block(unsigned size) {
    threads.resize(size);
    for (Thread& t : threads) {
        if (!t.stack) t.stack.reset(new char[STACK]);
        t.done = false;
        getcontext(&t.context);
        t.context.uc_stack.ss_sp = t.stack.get();
        t.context.uc_stack.ss_size = STACK;
        t.context.uc_link = &scheduler;
        makecontext(&t.context, run, 0);
    }
    for (unsigned left = size; left > 0;) {
        left = 0;
        for (current = 0; current < size; ++current) {
            if (threads[current].done) continue;
            threadIdx.x = current;
            swapcontext(&scheduler, &threads[current].context);
            left += !threads[current].done;
        }
    }
}

}  // namespace on_processor

static inline void __syncthreads() { on_processor::wait_for_others(); }

namespace on_processor {

// What the thread `from` gives, which comes to the same line.
template <class T>
static T exchanged(T x, unsigned from) {
    threads[current].given = x;
    wait_for_others();
    const T other = (T)threads[from].given;
    wait_for_others();
    return other;
}

}  // namespace on_processor

static const unsigned WARP = 32;

template <class T>
static inline T __shfl_xor_sync(unsigned, T x, int far) {
    return on_processor::exchanged(x, on_processor::current ^ far);
}

template <class T>
static inline T __shfl_sync(unsigned, T x, int lane) {
    return on_processor::exchanged(x, on_processor::current / WARP * WARP + lane);
}

static inline bool __any_sync(unsigned mask, bool x) {
    int any = x;
    for (int far = WARP / 2; far > 0; far /= 2) any |= __shfl_xor_sync(mask, any, far);
    return any;
}

template <class To, class From>
static inline To bits_of(From x) {
    To y;
    memcpy(&y, &x, sizeof y);
    return y;
}

static inline float __int_as_float(int x) { return bits_of<float>(x); }
static inline double __longlong_as_double(long long x) { return bits_of<double>(x); }
static inline unsigned __float_as_uint(float x) { return bits_of<unsigned>(x); }

// Functions of the hardware are less exact than those of a processor: CUDA's tables give `exp2f` and
// `__fdividef` errors of two units in the last place. So results are off by up to 2^-22 here, by an
// amount that only depends on the result, and numbers below 2^-126 become 0.
static inline float by_hardware(float exact) {
    const float share = (bits_of<unsigned>(exact) * 2654435761u >> 8) / 8388608.f - 1;  // -1 to 1
    const float x = exact + exact * share * 2.3841858e-7f;
    return fabsf(x) < 1.17549435e-38f ? 0.f : isfinite(exact) ? x : exact;
}
static inline float hardware_exp2(float x) { return by_hardware(exp2f(x)); }
static inline float __fdividef(float x, float y) { return by_hardware(x / y); }
#define exp2f hardware_exp2

// A kernel as a function of its grid, the threads of a block, and its arguments.
template <auto kernel>
struct OnProcessor;

template <class... Arguments, void (*kernel)(Arguments...)>
struct OnProcessor<kernel> {
    static void run(unsigned x, unsigned y, unsigned threads, Arguments... arguments) {
        on_processor::body = [=] { kernel(arguments...); };
        blockDim = Dim{threads, 1, 1};
        for (unsigned i = 0; i < x; ++i)
            for (unsigned j = 0; j < y; ++j) {
                blockIdx = Dim{i, j, 0};
                on_processor::block(threads);
            }
    }
};

#define EXPORT(name) extern "C" void* const run_##name = (void*)&OnProcessor<name>::run;
