package proxy

import (
	"testing"
	"time"
)

// The limits that are promised; the tests that wait for one look only that it is
// waited for, as a busy machine adds to it.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ is, want time.Duration }{
		"a request waits for its backend":                    {defaultHold, 15 * time.Second},
		"a navigation waits":                                 {navigationHold, time.Second},
		"running requests have, when the gateway ends":       {stopGrace, time.Second},
		"streams have, when their server ends":               {goodbye, 500 * time.Millisecond},
		"a refused body is waited for":                       {drainTime, 50 * time.Millisecond},
		"a server may refuse connections while it restarts":  {selfRestart * noticeDelay, 3 * time.Second},
		"a silent backend keeps the next from being asked":   {upgradeSilence, time.Second},
		"a silent backend is waited for when all refuse":     {upgradePatience, 2 * time.Second},
		"an answer waits for a probe":                        {probePatience, 2 * time.Second},
		"refusals are worth to be spared when they take":     {speculationWorth, 5 * time.Millisecond},
		"a client that has its answer may go on sending for": {unreadPatience, time.Second},
	} {
		if c.is != c.want {
			t.Errorf("%s %s, want %s", name, c.is, c.want)
		}
	}
}
