// Package bench measures the whole program as a user runs it: how long it takes
// to start children, to pass lines on, to turn a save into a new process, and
// what it costs while nothing happens. Each figure stands beside a reference
// that was measured in the same run, because only ratios mean anything on a
// machine that does other things as well.
//
//	make bench
//
// docs/benchmarks.md has the figures and says how they were taken.
package bench
