package session

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"devgate/internal/testproc"
)

// childLife ends a child that a broken test has left behind.
const childLife = 2 * time.Minute

func TestMain(m *testing.M) {
	testproc.Main(m, map[string]testproc.Role{"family": family, "bystander": bystander})
}

// family is a process that starts others, as npm and go run do: family DEPTH. The
// innermost says on which port it listens.
func family(args []string) int {
	depth, _ := strconv.Atoi(args[1])
	if depth == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 1
		}
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
		return bystander(nil)
	}
	cmd := exec.Command(os.Args[0], args[0], strconv.Itoa(depth-1))
	cmd.Stdout = os.Stdout
	if cmd.Run() != nil {
		return 1
	}
	return 0
}

// bystander does nothing.
func bystander([]string) int {
	<-time.After(childLife)
	return 1
}
