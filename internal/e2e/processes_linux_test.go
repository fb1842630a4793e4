//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// marked are the processes that carry the project's mark, by pid. Zombies have
// no environment, and count as gone.
func (p *project) marked() map[int]string {
	all := map[int]string{}
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(append([]byte{0}, env...), []byte("\x00"+p.mark+"\x00")) {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		all[pid] = strings.TrimSpace(strings.ReplaceAll(string(command), "\x00", " "))
	}
	return all
}
