/* A profile's call tree as the page holds it: in the order of a walk, each node before its
 * callees, without what is too small to be seen.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_PAGE_TREE_H
#define PYPERF_FORMATS_PAGE_TREE_H

#include <stdint.h>

#include <pyperf/profile.h>

struct page_tree {
    uint32_t *nodes;  /* indices of the profile's, in the order of the walk */
    uint32_t *depths; /* of each of these; 0: a thread's root */
    uint32_t count;
    uint32_t left_out;   /* nodes with too small a share */
    uint32_t folded;     /* nodes below the threads' fold roots, which are in no walk */
    uint64_t *self;      /* ticks, by the profile's node */
    uint64_t *elsewhere; /* ticks of callees that are not in the tree, by the profile's node */
};

/* Contexts with less than this share (0 to 1) of all threads' time are left out, with all that
 * is below them. Release the tree in any case. */
enum pyperf_status page_tree_make(struct page_tree *tree, const struct pyperf_profile *profile,
                                  double least_share, struct pyperf_error *error);
void page_tree_release(struct page_tree *tree);

#endif
