package words

import (
	"testing"
	"time"
)

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m01s", 59*time.Minute + 59*time.Second: "59m59s",
		time.Hour: "1h00m", 49*time.Hour + 5*time.Minute: "49h05m",
	} {
		if got := age(time.Now().Add(-d)); got != want {
			t.Errorf("%s reads %s, want %s", d, got, want)
		}
	}
	if got := seconds(1949 * time.Millisecond); got != "1.9s" {
		t.Errorf("1949 ms read %s", got)
	}
}
