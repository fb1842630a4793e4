package watch

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run side by side than there are processors: they
// spend their time waiting for bursts to end.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
