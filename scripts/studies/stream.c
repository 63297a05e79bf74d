/*
 * Bandwidth as STREAM measures it (McCalpin 1995), to compare lockstep's roofs with: the triad a = b + s c, and the update
 * w = w - s g, over doubles in arrays of each thread's own. Prints bytes per second of all threads together, the best of several
 * runs, as JSON; the triad by STREAM's count, which leaves out that a line of a is read before it is written.
 *
 *     cc -O3 -march=native -pthread stream.c -o stream && ./stream THREADS BYTES_OF_ALL_ARRAYS_OF_A_THREAD SECONDS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 256 };

static int threads;
static size_t length;
static double seconds;
static pthread_barrier_t barrier;
static double rates[2][MOST];
static double best[2];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Bytes that a run moves by its count. */
static size_t run(int kind, double *restrict a, double *restrict b, double *restrict c) {
  if (kind == 0) {
    for (size_t i = 0; i < length; i++) a[i] = b[i] + 3.0 * c[i];
    return 24 * length;
  }
  size_t n = length * 3 / 2;
  double *g = a + n;
  for (size_t i = 0; i < n; i++) a[i] = a[i] - 1e-9 * g[i];
  return 24 * n;
}

static void *work(void *number) {
  int self = (int)(size_t)number;
  double *a = aligned_alloc(4096, (3 * length * 8 + 4095) / 4096 * 4096);
  for (size_t i = 0; i < 3 * length; i++) a[i] = 1;
  for (int kind = 0; kind < 2; kind++) {
    run(kind, a, a + length, a + 2 * length);
    double until = now() + seconds;
    for (int more = 1; more;) {
      pthread_barrier_wait(&barrier);
      double most = 0, begun = now();
      for (double at = begun, end; at - begun < seconds / 20; at = end) {
        double rate = run(kind, a, a + length, a + 2 * length);
        end = now();
        rate /= end - at;
        if (rate > most) most = rate;
      }
      rates[kind][self] = most;
      int leads = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
      if (leads) {
        double sum = 0;
        for (int t = 0; t < threads; t++) sum += rates[kind][t];
        if (sum > best[kind]) best[kind] = sum;
        rates[kind][MOST - 1] = now() > until;
      }
      pthread_barrier_wait(&barrier);
      more = !rates[kind][MOST - 1];
    }
  }
  return a;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  threads = atoi(words[1]);
  if (threads < 1 || threads >= MOST) return 2;
  length = strtoull(words[2], NULL, 10) / 24;
  seconds = atof(words[3]);
  pthread_barrier_init(&barrier, NULL, threads);
  pthread_t all[MOST];
  for (int t = 0; t < threads; t++) pthread_create(&all[t], NULL, work, (void *)(size_t)t);
  for (int t = 0; t < threads; t++) pthread_join(all[t], NULL);
  printf("{\"triad\":%.0f,\"update\":%.0f}\n", best[0], best[1]);
  return 0;
}
