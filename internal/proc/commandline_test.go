package proc

import (
	"slices"
	"testing"
)

func TestScriptsGetTheirArgumentsAsTheyAre(t *testing.T) {
	for want, args := range map[string][]string{
		`cmd.exe /d /e:on /v:off /c ""C:\my bin\npm.cmd""`:                             nil,
		`cmd.exe /d /e:on /v:off /c ""C:\my bin\npm.cmd" run dev "--port=80""`:         {"run", "dev", "--port=80"},
		`cmd.exe /d /e:on /v:off /c ""C:\my bin\npm.cmd" "a&whoami" "" "a b""`:         {"a&whoami", "", "a b"},
		`cmd.exe /d /e:on /v:off /c ""C:\my bin\npm.cmd" "%%cd:~,%PATH%%cd:~,%" "^!""`: {"%PATH%", "^!"},
		`cmd.exe /d /e:on /v:off /c ""C:\my bin\npm.cmd" "say ""hi\\""" "c:\x y\\""`:   {`say "hi\"`, `c:\x y\`},
	} {
		if got, err := batchLine(`C:\my bin\npm.cmd`, args); err != nil || got != want {
			t.Errorf("%q:\ngot  %s, %v\nwant %s", args, got, err, want)
		}
	}
}

func TestWhatNoScriptCanGetIsRefused(t *testing.T) {
	for script, args := range map[string][]string{`C:\a%b.cmd`: nil, `C:\a"b.cmd`: nil, `C:\a.cmd`: {"one\ntwo"}, `C:\b.cmd`: {"a\x00"}} {
		if got, err := batchLine(script, args); err == nil {
			t.Errorf("%s %q: %s", script, args, got)
		}
	}
	for path, want := range map[string]bool{`npm.cmd`: true, `X.BAT`: true, `node.exe`: false, `cmd`: false} {
		if isBatch(path) != want {
			t.Errorf("%s is a script: %v", path, !want)
		}
	}
}

func TestAnEnvironmentHasEachNameOnce(t *testing.T) {
	got := uniqueEnvironment([]string{"Path=a", "=C:=C:\\x", "A=1", "", "PATH=b", "a=2=3"}, `C:\Windows`)
	if want := []string{"=C:=C:\\x", "PATH=b", "a=2=3", `SYSTEMROOT=C:\Windows`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := uniqueEnvironment([]string{"SystemRoot=D:\\W"}, `C:\Windows`); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

func TestATextForTheShellIsNotQuotedAgain(t *testing.T) {
	if line, is := shellText([]string{"cmd.exe", "/d", "/s", "/c", `echo "a" && b`}); !is || line != `cmd.exe /d /s /c "echo "a" && b"` {
		t.Errorf("%s, %v", line, is)
	}
	for _, args := range [][]string{nil, {"cmd.exe"}, {"cmd.exe", "/c", "x"}, {"node", "/d", "/s", "/c", "x"}} {
		if line, is := shellText(args); is {
			t.Errorf("%q is %s", args, line)
		}
	}
}
