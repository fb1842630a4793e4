// Package event carries the rare, ordered facts of a running project: a
// service changed its state, or there is something to say about it. The
// output of services does not pass here; it is bulk and goes straight from a
// child's pipe to the log.
//
// # Guarantees
//
//   - Total order: every subscription sees the events in the order of Publish.
//   - No gap at the start: Subscribe returns the snapshot and the live events
//     that follow it in one step, so nothing falls between the two.
//   - Publishing never blocks. A subscription holds at most Queue events; one
//     that falls further behind is closed with ErrLagged, and its owner
//     subscribes again to get a new snapshot.
//   - A closed subscription's channel is closed; after it, Err tells why.
//
// A Bus starts no goroutine. The zero Bus is ready for use.
package event
