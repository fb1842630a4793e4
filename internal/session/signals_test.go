package session

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
)

// heard are signals, what they lead to, and what is said.
type heard struct {
	signals []os.Signal
	want    []string
	said    []string
}

// C1: the first signal ends a session as asked, the second at once.
func TestWhatSignalsLeadTo(t *testing.T) {
	for _, c := range append(ofTheSystem(), []heard{
		{[]os.Signal{syscall.SIGPIPE}, nil, nil},
		{[]os.Signal{syscall.SIGTERM}, []string{"ended by terminated"}, nil},
		{[]os.Signal{syscall.SIGINT, syscall.SIGPIPE, syscall.SIGINT}, []string{"ended by interrupt", "ended by quit", "kill"}, []string{": killing what is left"}},
		{[]os.Signal{syscall.SIGQUIT}, []string{"ended by quit", "kill"}, []string{": killing what is left"}},
	}...) {
		synctest.Test(t, func(t *testing.T) {
			var did []string
			var out said
			from := make(chan os.Signal)
			s := &signals{
				from: from, say: out.say,
				end:     func(err error) { did = append(did, err.Error()) },
				kill:    func() { did = append(did, "kill") },
				suspend: func() { did = append(did, "suspend") },
			}
			running := background(s.run)
			for _, sig := range c.signals {
				from <- sig
			}
			synctest.Wait()
			running.stop()
			if !slices.Equal(did, c.want) {
				t.Errorf("%v: %q, want %q", c.signals, did, c.want)
			}
			out.take(t, c.said...)
		})
	}
}
