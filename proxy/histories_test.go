package proxy

import (
	"os"
	"testing"
	"time"
)

// mutated is set for the tests that are run on a mutation.
const mutated = "DEVGATE_MUTATED"

// TestHistories plays the histories of TestGatewayIsReference, from fixed seeds,
// until one shows a difference: a few, as that test is there for more, but as many
// as it takes on a mutation.
func TestHistories(t *testing.T) {
	n := 30
	th := newTheatre(t, true)
	if os.Getenv(mutated) != "" {
		n = 400
		th.limit = time.Second // what hangs need not hang for long
	}
	for seed := range n {
		if err := th.play(histories.Example(seed)); err != nil {
			t.Fatalf("history %d: %v", seed, err)
		}
	}
}
