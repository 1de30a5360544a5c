// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// libev initialises watchers with function-like macros, which Swift cannot see (ev.h, "ev_init" to
// "ev_set_priority"). Each has one inline function here and nothing more.

#ifndef SWIFT_REACTOR_CLIBEV_SHIM_H
#define SWIFT_REACTOR_CLIBEV_SHIM_H

#include <ev.h>

// ev_io_init: a descriptor and the events wanted of it.
static inline void clibev_io_init(ev_io *w, void (*cb)(struct ev_loop *, ev_io *, int), int fd, int events) {
    ev_io_init(w, cb, fd, events);
}

// ev_io_set: before every start; a descriptor number that was closed and used again is deaf without it.
static inline void clibev_io_set(ev_io *w, int fd, int events) {
    ev_io_set(w, fd, events);
}

// ev_timer_init: one shot only; repetition is ours (LoopingCall keeps a grid, ev_timer does not).
static inline void clibev_timer_init(ev_timer *w, void (*cb)(struct ev_loop *, ev_timer *, int)) {
    ev_timer_init(w, cb, 0., 0.);
}

// ev_timer_set: the delay in seconds.
static inline void clibev_timer_set(ev_timer *w, double after) {
    ev_timer_set(w, after, 0.);
}

// ev_async_init: the only watcher that other threads may touch, through ev_async_send.
static inline void clibev_async_init(ev_async *w, void (*cb)(struct ev_loop *, ev_async *, int)) {
    ev_async_init(w, cb);
}

// ev_prepare_init: runs before the loop blocks.
static inline void clibev_prepare_init(ev_prepare *w, void (*cb)(struct ev_loop *, ev_prepare *, int)) {
    ev_prepare_init(w, cb);
}

// ev_check_init: runs after the loop has blocked.
static inline void clibev_check_init(ev_check *w, void (*cb)(struct ev_loop *, ev_check *, int)) {
    ev_check_init(w, cb);
}

// ev_set_priority: the order of the steps of one turn (Docs/TheLoop.md) rests on it.
static inline void clibev_set_priority(void *w, int priority) {
    ev_set_priority((ev_watcher *)w, priority);
}

// ev_is_active: the debug check that no watcher is left on a descriptor that is closed.
static inline int clibev_is_active(const void *w) {
    return ev_is_active((const ev_watcher *)w);
}

#endif
