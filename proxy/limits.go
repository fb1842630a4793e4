package proxy

import "time"

// Limits that are not settings: each bounds what one request can cost.
const (
	defaultHold        = 15 * time.Second
	defaultReplayLimit = 1 << 30
	navigationHold     = time.Second            // a person in front of a browser is told sooner
	goodbye            = 500 * time.Millisecond // for event streams and upgraded connections, from the signal to their server
	noticeDelay        = 300 * time.Millisecond // how long a crash may go unnoticed by whoever calls SetState
	redials            = 6                      // attempts to connect in a noticeDelay
	selfRestart        = 10                     // noticeDelays for which a server may refuse connections
	reachPatience      = time.Second            // for a connection of which a page wants to know whether it comes about
	refreshFirst       = 5 * time.Second        // until a page that waits shows newer lines
	drainTime          = 50 * time.Millisecond  // for the body of an answer that is not used to come
	// speculationWorth is what the refusals before an answer must usually take
	// together, for it to be asked for ahead of them.
	speculationWorth = 5 * time.Millisecond
	// probePatience is how long an answer that may be a fallback waits for a
	// probe that is under way.
	probePatience = 2 * time.Second
)
