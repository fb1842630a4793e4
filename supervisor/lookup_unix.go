//go:build unix

package supervisor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// lookPath finds the program as the child itself would: in the PATH of its
// own environment, and a path with a slash from its own folder.
func lookPath(c Command) (string, error) {
	name := c.Args[0]
	if strings.ContainsRune(name, '/') {
		return name, nil
	}
	for _, dir := range filepath.SplitList(lookupEnv(c.Env, "PATH")) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(c.Dir, dir)
		}
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("start %s: command not found in PATH", name)
}

// lookupEnv is the value of the last entry for name, as exec sees it.
func lookupEnv(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(env[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}
