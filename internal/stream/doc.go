// Package stream knows what changed since the last gather: which sources started, stopped or came back, since when each
// one runs, which mounts are gone, and how many listeners a channel has over all servers.
//
// It is the only place that remembers anything between gathers. What it remembers is bounded by the mounts
// that exist (and a bounded number that were there lately).
//
// # What counts as a restart
//
// A server says how long a source has been connected, in whole seconds of its own clock, and on the rarer stats read
// also when it connected. A source has restarted when it has been connected for less time than passed since the
// last look, and less than it should have been if it were still the same one. Both
// times have a tolerance of two seconds, since either reading is rounded.
//
// So a clock that steps does no harm: ours, because elapsed time is taken from the monotonic clock, and the server's,
// because a source that seems younger than before but older than the last look cannot be a new one; the step is
// recognised and applied to the other mounts of the server.
package stream
