package session

import (
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// P10: which of two causes came first decides nothing where one of them is an
// output that nobody reads; else the first does.
func TestAnOutputThatNobodyReadsGivesWayToAnyOtherCause(t *testing.T) {
	signal, broken := &SignalError{syscall.SIGINT}, errors.New("listener failed")
	for _, c := range []struct {
		first, second, want error
	}{
		{ErrOutputClosed, nil, ErrOutputClosed},
		{ErrOutputClosed, signal, signal},
		{signal, ErrOutputClosed, signal},
		{ErrOutputClosed, ErrDown, ErrDown},
		{ErrDown, signal, ErrDown},
		{signal, broken, signal},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := newEnding()
			e.by(c.first)
			<-e.ctx.Done()
			if c.second != nil {
				time.AfterFunc(signalDelay/2, func() { e.by(c.second) })
			}
			e.await()
			if got := e.why(); got != c.want {
				t.Errorf("%v, then %v: got %v", c.first, c.second, got)
			}
			time.Sleep(signalDelay) // virtual; the second comes all the same
		})
	}
}
