package session

import "context"

// EndLeftovers is 0: the kernel ends what a devgate has started with that devgate, so
// that nothing is ever left behind.
func EndLeftovers(string) (ended int) { return 0 }

// recordProcesses records nothing until ctx ends.
func (s *session) recordProcesses(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func forgetProcesses(string) {}
