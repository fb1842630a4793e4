package port

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ReservedError tells that the system keeps a port, and those around it, for itself: on
// Windows for virtual machines and containers, other ranges after each start.
type ReservedError struct {
	Port        int
	First, Last int   // of the range; both 0 when it is not known
	Instead     int   // the next port that is in no range
	Err         error // of the system
}

// Error is one line: the port and its range.
func (e *ReservedError) Error() string { return fmt.Sprintf("port %d is %s", e.Port, e.Why()) }

// Why is the end of a sentence about the port: "it is …".
func (e *ReservedError) Why() string {
	switch e.Last {
	case 0:
		return "reserved by Windows, see: netsh int ipv4 show excludedportrange protocol=tcp"
	case e.First:
		return "reserved by Windows"
	}
	return fmt.Sprintf("within %d-%d, which Windows has reserved", e.First, e.Last)
}

// Unwrap gives the error of the operating system.
func (e *ReservedError) Unwrap() error { return e.Err }

// reservedError is about a port that may not be listened on, where the system has these ranges.
func reservedError(port int, ranges []portRange, err error) *ReservedError {
	e := &ReservedError{Port: port, Instead: port + 1, Err: err}
	for _, r := range sorted(ranges) {
		if r.has(port) {
			e.First, e.Last = r.first, r.last
		}
		if r.has(e.Instead) {
			e.Instead = r.last + 1
		}
	}
	return e
}

// portRange is a range of ports, with both its ends.
type portRange struct{ first, last int }

func (r portRange) has(port int) bool { return r.first <= port && port <= r.last }

func sorted(ranges []portRange) []portRange {
	return slices.SortedFunc(slices.Values(ranges), func(a, b portRange) int { return cmp.Compare(a.first, b.first) })
}

// rangesIn reads what `netsh int ipv4 show excludedportrange` prints. Its words are those of
// the user's language; a line of two ports is a range. One with a star after it was reserved by
// an administrator, so that nobody else takes it: programs may listen there.
func rangesIn(text string) (all []portRange) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			continue
		}
		first, err := strconv.Atoi(fields[0])
		last, err2 := strconv.Atoi(fields[1])
		if err == nil && err2 == nil && 0 < first && first <= last && last <= highest {
			all = append(all, portRange{first, last})
		}
	}
	return all
}

const highest = 65535
