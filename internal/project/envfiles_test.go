package project

import (
	"path/filepath"
	"strings"
	"testing"
)

// F5: a file that nobody named stops nothing; named, the same is an error.
func TestAnEnvFileThatNobodyNamedIsAWarning(t *testing.T) {
	root := write(t, ".env", "GOOD=1\nnothing\nBAD='s3cret\n", "Devgatefile", "[api]\ncommand = \"run\"\n", "Named", "env_file = \".env\"\n[api]\ncommand = \"run\"\n")
	p := mustLoad(t, Options{Dir: root})
	if got := value(p.Service("api").Env, "GOOD"); got != "1" || len(p.Warnings) != 2 {
		t.Errorf("GOOD=%s with warnings %v", got, p.Warnings)
	}
	_, err := Load(t.Context(), Options{Dir: root, File: filepath.Join(root, "Named")})
	if strings.Contains(p.Warnings.Error(), "s3cret") {
		t.Errorf("a value shows: %v", p.Warnings)
	}
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), ".env:2:1: ") || !strings.Contains(err.Error(), ".env:3:5: ") {
		t.Errorf("named: %v", err)
	}
	many := write(t, ".env", strings.Repeat("x\n", 1000), "Devgatefile", "[api]\ncommand = \"run\"\n")
	if p := mustLoad(t, Options{Dir: many}); len(p.Warnings) != 6 || !strings.Contains(p.Warnings[5].Msg, "995 more") {
		t.Errorf("%d warnings, the last is %v", len(p.Warnings), p.Warnings[len(p.Warnings)-1])
	}
}
