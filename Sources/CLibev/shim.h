// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Inline functions for the function-like macros of libev, which Swift does not import. Each
// function expands one macro of ev.h and does nothing else.

#ifndef SWIFT_REACTOR_CLIBEV_SHIM_H
#define SWIFT_REACTOR_CLIBEV_SHIM_H

#include <ev.h>

/// Initializes a watcher for the given events of a descriptor.
static inline void
clibev_io_init(ev_io *w, void (*cb)(struct ev_loop *, ev_io *, int), int fd, int events)
{
    ev_io_init(w, cb, fd, events);
}

/// Sets the descriptor and the events of an inactive watcher.
///
/// Call it before a start if the descriptor was closed and its number reused since the last start.
/// It sets the flag EV__IOFDSET, which makes libev register the descriptor with the kernel again.
/// Without the flag, the watcher would receive no events.
static inline void clibev_io_set(ev_io *w, int fd, int events)
{
    ev_io_set(w, fd, events);
}

/// Initializes a timer that does not repeat. The package implements repetition in LoopingCall,
/// because the repetition of ev_timer does not keep to a fixed grid of times.
static inline void clibev_timer_init(ev_timer *w, void (*cb)(struct ev_loop *, ev_timer *, int))
{
    ev_timer_init(w, cb, 0., 0.);
}

/// Sets the delay of an inactive timer, in seconds.
static inline void clibev_timer_set(ev_timer *w, double after)
{
    ev_timer_set(w, after, 0.);
}

/// Initializes a watcher that any thread may signal with ev_async_send. All other functions of
/// libev must be called on the thread of the loop.
static inline void clibev_async_init(ev_async *w, void (*cb)(struct ev_loop *, ev_async *, int))
{
    ev_async_init(w, cb);
}

/// Initializes a watcher whose callback runs before the loop blocks.
static inline void
clibev_prepare_init(ev_prepare *w, void (*cb)(struct ev_loop *, ev_prepare *, int))
{
    ev_prepare_init(w, cb);
}

/// Initializes a watcher whose callback runs after the loop has blocked.
static inline void clibev_check_init(ev_check *w, void (*cb)(struct ev_loop *, ev_check *, int))
{
    ev_check_init(w, cb);
}

/// Sets the priority of an inactive watcher. The order of the steps of a turn depends on these
/// priorities (the article "The loop" of Reactor, "A turn").
static inline void clibev_set_priority(void *w, int priority)
{
    ev_set_priority((ev_watcher *)w, priority);
}

/// Returns a nonzero value if the watcher has been started and neither stopped since nor stopped by
/// libev, which stops a timer that expires and an ev_io whose descriptor is invalid.
///
/// The value can be any index greater than 0. It says nothing about whether an event is pending.
static inline int clibev_is_active(const void *w)
{
    return ev_is_active((const ev_watcher *)w);
}

#endif
