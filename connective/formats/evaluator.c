/* The evaluator: 64 samples are the bits of a word, and LANES words are worked on together. */

enum { LANES = 4, BLOCK = 64 * LANES };

typedef struct {
    network_word last[BLOCK * NETWORK_FEATURES]; /* a block that is not whole */
    uint64_t plane[NETWORK_PLANES][LANES]; /* the bits of the feature words */
    uint64_t node[NETWORK_NODES][LANES];
#if NETWORK_CLASSES
    uint64_t pending[NETWORK_SUM_BITS][2][LANES];
    int32_t score[BLOCK * NETWORK_CLASSES];
#endif
} network_workspace;

/* Byte j of the result is bit j of every byte of x. */
static uint64_t transpose(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & UINT64_C(0x00AA00AA00AA00AA);
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & UINT64_C(0x0000CCCC0000CCCC);
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & UINT64_C(0x00000000F0F0F0F0);
    return x ^ t ^ t << 28;
}

/* The planes of BLOCK samples. */
static void slice(network_workspace *workspace, const network_word *samples)
{
    size_t f, i, octet, s;
    unsigned low, b;
    for (f = 0; f != NETWORK_FEATURES; f++) {
        unsigned width = feature_plane[f + 1] - feature_plane[f];
        for (i = 0; i != LANES; i++)
            for (low = 0; low < width; low += 8) {
                const network_word *word = samples + 64 * i * NETWORK_FEATURES + f;
                uint64_t bytes[8];
                for (octet = 0; octet != 8; octet++) {
                    uint64_t x = 0;
                    for (s = 0; s != 8; s++, word += NETWORK_FEATURES)
                        x |= (uint64_t)((uint32_t)*word >> low & 0xFF) << 8 * s;
                    bytes[octet] = transpose(x);
                }
                for (b = low; b != width && b != low + 8; b++) {
                    uint64_t x = 0;
                    for (octet = 0; octet != 8; octet++)
                        x |= (bytes[octet] >> 8 * (b - low) & 0xFF) << 8 * octet;
                    workspace->plane[feature_plane[f] + b][i] = x;
                }
            }
    }
}

/* Input bits: word >= value or word = value, from the lowest bit up; signed words are compared
 * as if their top bit were inverted. */
static void encode(network_workspace *workspace)
{
    size_t r, i;
    unsigned b;
    for (r = 0; r != NETWORK_ROWS; r++) {
        uint64_t *bit = workspace->node[r];
        for (i = 0; i != LANES; i++)
            bit[i] = ~UINT64_C(0);
        for (b = 0; b != row_width[r]; b++) {
            const uint64_t *plane = workspace->plane[row_plane[r] + b];
            unsigned wanted = row_value[r] >> b & 1;
            unsigned top = row_signed[r] && b + 1 == row_width[r];
            uint64_t inverted = (uint64_t)0 - (top ^ (row_equal[r] && !wanted));
            for (i = 0; i != LANES; i++) {
                uint64_t literal = plane[i] ^ inverted;
                bit[i] = row_equal[r] || wanted ? bit[i] & literal : bit[i] | literal;
            }
        }
    }
}

static void run_gates(network_workspace *workspace)
{
    size_t g, i;
    for (g = 0; g != NETWORK_GATES; g++) {
        const uint32_t *fanin = gate_fanin + g * NETWORK_K;
        uint64_t *result = workspace->node[NETWORK_ROWS + g];
        uint64_t table = gate_table[g];
#if NETWORK_K == 2
        /* constant ^ a & ka ^ b & kb ^ a & b & kab */
        const uint64_t *a = workspace->node[fanin[0]], *b = workspace->node[fanin[1]];
        uint64_t t0 = table & 1, t1 = table >> 1 & 1, t2 = table >> 2 & 1, t3 = table >> 3 & 1;
        uint64_t constant = 0 - t0, ka = 0 - (t0 ^ t1);
        uint64_t kb = 0 - (t0 ^ t2), kab = 0 - (t0 ^ t1 ^ t2 ^ t3);
        for (i = 0; i != LANES; i++)
            result[i] = constant ^ (a[i] & ka) ^ (b[i] & (kb ^ (a[i] & kab)));
#else
        /* the table's bits as words, halved by a multiplexer for each input */
        uint64_t leaf[1 << NETWORK_K];
        unsigned j, m;
        for (i = 0; i != LANES; i++) {
            for (m = 0; m != 1 << NETWORK_K; m++)
                leaf[m] = (uint64_t)0 - (table >> m & 1);
            for (j = 0; j != NETWORK_K; j++) {
                uint64_t x = workspace->node[fanin[j]][i];
                for (m = 0; m != 1U << (NETWORK_K - 1 - j); m++)
                    leaf[m] = leaf[2 * m] ^ ((leaf[2 * m] ^ leaf[2 * m + 1]) & x);
            }
            result[i] = leaf[0];
        }
#endif
    }
}

/* Node values of a block of n samples, 1 to BLOCK; those of lanes above n mean nothing. */
static void run_block(network_workspace *workspace, const network_word *samples, size_t n)
{
    if (n < BLOCK) {
        memset(workspace->last, 0, sizeof workspace->last);
        memcpy(workspace->last, samples, n * NETWORK_FEATURES * sizeof *samples);
        samples = workspace->last;
    }
    slice(workspace, samples);
    encode(workspace);
    run_gates(workspace);
}

#if NETWORK_CLASSES

/* Scores of a class in a block. Words of one power of two wait in pairs; a third makes a
 * full adder of them. */
static void add_up_class(network_workspace *workspace, size_t c)
{
    unsigned waiting[NETWORK_SUM_BITS] = {0}, power, p;
    uint64_t carry[LANES] = {0};
    size_t o, i, s;
    for (s = 0; s != BLOCK; s++)
        workspace->score[s * NETWORK_CLASSES + c] = class_constant[c];
    for (o = class_output[c]; o != class_output[c + 1]; o++)
        for (power = 0; output_weight[o] >> power; power++) {
            uint64_t x[LANES], inverted = (uint64_t)0 - output_inverted[o];
            if (!(output_weight[o] >> power & 1))
                continue;
            for (i = 0; i != LANES; i++)
                x[i] = workspace->node[output_node[o]][i] ^ inverted;
            for (p = power; waiting[p] == 2; p++) {
                uint64_t *a = workspace->pending[p][0], *b = workspace->pending[p][1];
                for (i = 0; i != LANES; i++) {
                    uint64_t odd = a[i] ^ b[i], both = a[i] & b[i];
                    a[i] = odd ^ x[i];
                    x[i] = both | (odd & x[i]);
                }
                waiting[p] = 1;
            }
            for (i = 0; i != LANES; i++)
                workspace->pending[p][waiting[p]][i] = x[i];
            waiting[p]++;
        }
    for (p = 0; p != NETWORK_SUM_BITS; p++)
        for (i = 0; i != LANES; i++) {
            uint64_t a = waiting[p] > 0 ? workspace->pending[p][0][i] : 0;
            uint64_t b = waiting[p] > 1 ? workspace->pending[p][1][i] : 0;
            uint64_t sum = a ^ b ^ carry[i];
            carry[i] = (a & b) | ((a ^ b) & carry[i]);
            for (s = 0; s != 64; s++)
                workspace->score[(64 * i + s) * NETWORK_CLASSES + c] +=
                    (int32_t)((sum >> s & 1) << p);
        }
}

static void add_up(network_workspace *workspace)
{
    size_t c;
    for (c = 0; c != NETWORK_CLASSES; c++)
        add_up_class(workspace, c);
}

void network_scores(network_workspace *workspace, const network_word *samples, size_t n,
                    int32_t *scores)
{
    size_t done, i;
    for (done = 0; done < n; done += BLOCK) {
        size_t here = n - done < BLOCK ? n - done : BLOCK;
        run_block(workspace, samples + done * NETWORK_FEATURES, here);
        add_up(workspace);
        for (i = 0; i != here * NETWORK_CLASSES; i++)
            scores[done * NETWORK_CLASSES + i] = workspace->score[i];
    }
}

void network_labels(network_workspace *workspace, const network_word *samples, size_t n,
                    uint32_t *labels)
{
    size_t done, i;
    uint32_t c;
    for (done = 0; done < n; done += BLOCK) {
        size_t here = n - done < BLOCK ? n - done : BLOCK;
        run_block(workspace, samples + done * NETWORK_FEATURES, here);
        add_up(workspace);
        for (i = 0; i != here; i++) {
            const int32_t *score = workspace->score + i * NETWORK_CLASSES;
            uint32_t best = 0;
            for (c = 1; c < NETWORK_CLASSES; c++)
                if (score[c] > score[best])
                    best = c;
            labels[done + i] = best;
        }
    }
}

#else

void network_bits(network_workspace *workspace, const network_word *samples, size_t n,
                  unsigned char *bits)
{
    size_t done, i, o;
    for (done = 0; done < n; done += BLOCK) {
        size_t here = n - done < BLOCK ? n - done : BLOCK;
        run_block(workspace, samples + done * NETWORK_FEATURES, here);
        for (i = 0; i != here; i++)
            for (o = 0; o != NETWORK_OUTPUTS; o++)
                bits[(done + i) * NETWORK_OUTPUTS + o] =
                    workspace->node[output_node[o]][i / 64] >> i % 64 & 1;
    }
}

#endif

#ifdef NETWORK_SELF_TEST

#include <stdio.h>

int main(void)
{
    static network_workspace workspace;
    size_t i, wrong = 0;
#if NETWORK_CLASSES
    static int32_t scores[NETWORK_TESTS * NETWORK_CLASSES];
    static uint32_t labels[NETWORK_TESTS];
    network_scores(&workspace, test_samples, NETWORK_TESTS, scores);
    network_labels(&workspace, test_samples, NETWORK_TESTS, labels);
    for (i = 0; i != NETWORK_TESTS; i++)
        wrong += labels[i] != test_labels[i];
    for (i = 0; i != NETWORK_TESTS * NETWORK_CLASSES; i++)
        wrong += scores[i] != test_scores[i];
#else
    static unsigned char bits[NETWORK_TESTS * NETWORK_OUTPUTS];
    network_bits(&workspace, test_samples, NETWORK_TESTS, bits);
    for (i = 0; i != NETWORK_TESTS * NETWORK_OUTPUTS; i++)
        wrong += bits[i] != test_bits[i];
#endif
    printf("%d samples, %lu wrong results\n", NETWORK_TESTS, (unsigned long)wrong);
    return wrong != 0;
}

#endif
