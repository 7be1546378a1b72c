// Drives a core's streams with beats from a file and writes every result into another.
//
//   core BEATS RESULTS FIGURES SAMPLES PATIENCE LONGEST SEED [RECORDING]
//
// BEATS has what the input ports show in each beat, port after port, each in the fewest bytes that
// hold it, the low byte first; RESULTS gets the output ports of each result in the same way, and
// FIGURES the counts of the run as JSON. The run ends when nothing moved for PATIENCE cycles, or
// when one result more than SAMPLES came. With LONGEST 0 a beat is on offer and a result is welcome
// in every cycle; else both pause, in bursts of at most LONGEST cycles, which SEED decides. A core that
// was compiled to be traced writes into RECORDING, as SAIF, how often each of its nets toggled.
//
// pins.h names the ports. Verilator holds a port in an integer or in an array of 32-bit words, whose
// first bytes are those of the files where the host's order is little-endian.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "Vcore.h"
#include "pins.h"
#if VM_TRACE
#include "verilated_saif_c.h"
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the harness copies bytes as a little-endian host has them"
#endif

namespace {

#define SIZE(port, bytes) +bytes
#define SHOW(port, bytes) std::memcpy(&core.port, from, bytes), from += bytes;
#define TAKE(port, bytes) std::memcpy(to, &core.port, bytes), to += bytes;

constexpr size_t kBeatBytes = 0 INPUTS(SIZE);
constexpr size_t kResultBytes = 0 OUTPUTS(SIZE);

void show(Vcore& core, const uint8_t* from) { INPUTS(SHOW) }
void take(const Vcore& core, uint8_t* to) { OUTPUTS(TAKE) }

// Cycles count from the end of the reset; -1 is none.
struct Figures {
  long long first_offered = -1;  // the first sample's first beat
  long long first_whole = -1;    // its last beat
  long long first_result = -1;
  long long last_result = -1;
  long long beats = 0;
  long long results = 0;
  long long broken = 0;  // cycles in which a result that waited had changed or gone
  // Cycles with nothing on offer between two beats though the core was ready, and with a beat, or a
  // result, on offer that was not taken.
  long long input_idle = 0;
  long long input_held = 0;
  long long output_held = 0;
  double seconds = 0;
};

// In which cycles a stream runs.
class Pauses {
 public:
  Pauses(unsigned longest, unsigned seed) : longest_{longest}, random_{seed} {}

  bool runs() {
    if (!longest_) return true;
    if (!left_) {
      runs_ = !runs_;
      left_ = 1 + random_() % (random_() % 2 ? 2 : longest_);  // half of the bursts are short
    }
    --left_;
    return runs_;
  }

 private:
  const unsigned longest_;
  std::mt19937 random_;
  unsigned left_ = 0;
  bool runs_ = false;
};

[[noreturn]] void fail(const char* sentence, const char* path) {
  std::fprintf(stderr, "%s %s\n", sentence, path);
  std::exit(1);
}

class File {
 public:
  File(const char* path, const char* mode) : path_{path}, file_{std::fopen(path, mode)} {
    if (!file_) fail("cannot open", path);
  }
  bool read(uint8_t* to, size_t bytes) { return std::fread(to, bytes, 1, file_) == 1; }
  void write(const uint8_t* from, size_t bytes) { std::fwrite(from, bytes, 1, file_); }
  void write(const Figures& f) {
    std::fprintf(file_,
                 "{\"first_offered\": %lld, \"first_whole\": %lld, \"first_result\": %lld, "
                 "\"last_result\": %lld, \"beats\": %lld, \"results\": %lld, \"broken\": %lld, "
                 "\"stalls\": {\"input_idle\": %lld, \"input_held\": %lld, \"output_held\": %lld}, "
                 "\"seconds\": %.9f}\n",
                 f.first_offered, f.first_whole, f.first_result, f.last_result, f.beats, f.results,
                 f.broken, f.input_idle, f.input_held, f.output_held, f.seconds);
  }
  void close() {
    const bool failed = std::ferror(file_);
    if (std::fclose(file_) || failed) fail("cannot read or write", path_);
  }

 private:
  const char* const path_;
  std::FILE* const file_;
};

// Toggles from its beginning to its end, of values that have settled.
class Recording {
#if VM_TRACE
 public:
  Recording(Vcore& core, const char* path) {
    core.trace(&saif_, kAllLevels);
    saif_.open(path);
  }
  ~Recording() { saif_.close(); }
  void settled() { saif_.dump(time_++); }

 private:
  static constexpr int kAllLevels = 99;
  VerilatedSaifC saif_;
  uint64_t time_ = 0;
#else
 public:
  Recording(Vcore&, const char*) {}
  void settled() {}
#endif
};

void clock(Vcore& core, bool level) {
  core.CLOCK = level;
  core.eval();
}

void reset(Vcore& core) {
  core.I_VALID = core.O_READY = 0;
  core.RESET = RESET_LEVEL;
  for (int cycle = 0; cycle < 2; ++cycle) {
    clock(core, 0);
    clock(core, 1);
  }
  core.RESET = !RESET_LEVEL;
}

Figures stream(Vcore& core, Recording& recording, File& beats, File& results, long long samples,
               long long patience, Pauses source, Pauses sink) {
  Figures f;
  uint8_t beat[kBeatBytes], result[kResultBytes], held[kResultBytes];
  bool offers = false, waits = false, more = beats.read(beat, kBeatBytes);
  for (long long cycle = 0, moved = 0; f.results <= samples && cycle - moved < patience; ++cycle) {
    if (!offers && more && source.runs()) {
      offers = true;
      show(core, beat);
      if (!f.beats) f.first_offered = cycle;
      if (f.beats == BEATS - 1) f.first_whole = cycle;
    }
    core.I_VALID = offers;
    core.O_READY = sink.runs();
    clock(core, 0);  // the outputs are now those that the rising edge finds
    recording.settled();
    const bool taken = offers && core.I_READY;
    const bool valid = core.O_VALID, given = valid && core.O_READY;
    if (valid) take(core, result);
    f.broken += waits && (!valid || std::memcmp(result, held, kResultBytes));
    waits = valid && !given;
    f.input_idle += !offers && more && f.beats && core.I_READY;
    f.input_held += offers && !taken;
    f.output_held += waits;
    if (waits) std::memcpy(held, result, kResultBytes);
    if (given) {
      results.write(result, kResultBytes);
      if (!f.results++) f.first_result = cycle;
      f.last_result = cycle;
    }
    clock(core, 1);
    recording.settled();
    if (taken) {
      ++f.beats;
      offers = false;
      more = beats.read(beat, kBeatBytes);
    }
    if (taken || given) moved = cycle;
  }
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  File beats{argv[1], "rb"}, results{argv[2], "wb"}, figures{argv[3], "wb"};
  const long long samples = std::atoll(argv[4]), patience = std::atoll(argv[5]);
  const unsigned longest = std::atoi(argv[6]), seed = std::atoi(argv[7]);
  VerilatedContext context;
  context.randReset(2);  // registers begin with random bits, as those of a chip
  context.randSeed(1 + seed);
  context.traceEverOn(VM_TRACE);
  Vcore core{&context};
  reset(core);
  Recording recording{core, argc > 8 ? argv[8] : ""};
  const auto start = std::chrono::steady_clock::now();
  Figures f = stream(core, recording, beats, results, samples, patience, {longest, seed},
                     {longest, ~seed});
  f.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  core.final();
  figures.write(f);
  for (File* file : {&beats, &results, &figures}) file->close();
}
