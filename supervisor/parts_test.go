package supervisor

import (
	"testing"
	"testing/synctest"
)

// Parts may come in for as long as one is at work, also while all are waited for.
func TestPartsComeInUntilAllAreDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p parts
		first, second, joined := make(chan struct{}), make(chan struct{}), make(chan struct{})
		p.run(func() { <-first })
		go func() { p.join(); close(joined) }()
		synctest.Wait()
		if !p.run(func() { <-second }) {
			t.Error("no part comes in beside one that is at work")
		}
		close(first)
		synctest.Wait()
		select {
		case <-joined:
			t.Error("join does not wait for what came in meanwhile")
		default:
		}
		close(second)
		<-joined
		if p.run(func() { t.Error("it runs") }) {
			t.Error("a part comes in after the end")
		}
	})
}

func TestPartsThatNeverWereAreJoinedAtOnce(t *testing.T) {
	var p parts
	p.join()
	if p.run(func() {}) {
		t.Error("a part comes in after the end")
	}
}
