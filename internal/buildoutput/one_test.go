package buildoutput

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestOneHistory(t *testing.T) {
	if os.Getenv("GEN") == "" {
		return
	}
	var seed uint64
	fmt.Sscanf(os.Getenv("HISTORY"), "%d", &seed)
	takes, _ := time.ParseDuration(os.Getenv("TAKES"))
	every, _ := time.ParseDuration(os.Getenv("EVERY"))
	history(t, seed, every, generators[os.Getenv("GEN")](takes))
}
