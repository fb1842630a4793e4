//go:build unix

package agents

import (
	"os"
	"path/filepath"
	"testing"
)

// CLAUDE.md is often the file, and AGENTS.md a link to it, or the other way round.
func TestALinkIsWrittenThrough(t *testing.T) {
	dir := t.TempDir()
	path, block := filepath.Join(dir, Name), string(Block())
	target := filepath.Join(dir, "CLAUDE.md")
	os.WriteFile(target, []byte("ours\n"), 0o600)
	os.Symlink("CLAUDE.md", path)
	wrote(t, dir, Added, "ours\n\n"+block)
	os.WriteFile(target, []byte("ours\n"+begin+"\nolder\n"+end+"\nmore"), 0o600)
	wrote(t, dir, Updated, "ours\n"+block+"more")
	if link, err := os.Readlink(path); err != nil || link != "CLAUDE.md" {
		t.Errorf("the link is gone: %v", err)
	}
	if info, _ := os.Stat(target); info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %s", info.Mode())
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}
