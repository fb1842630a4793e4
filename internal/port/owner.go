package port

import (
	"fmt"
	"strings"
	"time"

	"devgate/internal/proc"
)

// Owner is the process that listens on a port.
type Owner struct {
	PID     int           // 0: not known, it is another user's
	Command string        // its command line
	Dir     string        // its working directory, "" when not known
	Age     time.Duration // since its start, 0 when not known
}

// ownerOf finds who listens on a port; the zero Owner when that is not to be seen.
func ownerOf(port int) Owner {
	pid := proc.Listener(port)
	if pid == 0 {
		return Owner{}
	}
	return Owner{PID: pid, Command: proc.Command(pid), Dir: proc.Dir(pid), Age: proc.Age(pid)}
}

// by is the owner as the end of a sentence.
func (o Owner) by() string {
	if o.PID == 0 {
		return " by another user's process"
	}
	details := []string{fmt.Sprintf("pid %d", o.PID)}
	if o.Command != "" {
		details = append(details, "`"+shorten(o.Command)+"`")
	}
	if o.Dir != "" {
		details = append(details, "in "+o.Dir)
	}
	if o.Age > 0 {
		details = append(details, "up "+age(o.Age))
	}
	return " by " + strings.Join(details, ", ")
}

const longest = 100 // runes of a command line in a message

func shorten(command string) string {
	if r := []rune(command); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return command
}

// age says a duration in its largest unit.
func age(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / unit.size); n == 1 {
			return "1 " + unit.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return fmt.Sprintf("%d s", int(d/time.Second))
}
