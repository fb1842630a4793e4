//go:build e2e

package e2e

import (
	"os"
	"testing"
)

// interactive are shells as a person has them, with devgate's completion, and without
// what would show a word before Tab is pressed.
var interactive = map[string]string{
	"bash": "bash --norc --noprofile\nPS1='% '; bind 'set enable-bracketed-paste off'; . /usr/share/bash-completion/bash_completion; . <(devgate completion bash)\n",
	"zsh":  "zsh -f\nPROMPT='%% '; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; . <(devgate completion zsh)\n",
	"fish": "fish --no-config --private\nfunction fish_prompt; echo '% '; end; set -g fish_autosuggestion_enabled 0; devgate completion fish | source\n",
}

// Tab completes services and files in real shells, and a project that cannot be read
// gives nothing and no error.
func TestTabCompletes(t *testing.T) {
	t.Parallel()
	for shell, setup := range interactive {
		t.Run(shell, func(t *testing.T) {
			p := newTree(t, "", `"tcp"`)
			p.write("Devgatefile", "[api]\ncommand = 'x'\nport = 4001\n[worker]\ncommand = 'x'\n[console]\ncommand = 'x'\npty = true\n[far]\nurl = 'http://127.0.0.1:9'\n")
			p.write("other/Procfile", "one: x\n")
			term := p.newTerminal("100", "50")
			term.keys(setup)
			term.await(`% *\n*\z`)
			for _, c := range []struct{ typed, becomes string }{
				{"devgate restart wo", "devgate restart worker "},
				{"devgate restart worker a", "devgate restart worker api "},
				{"devgate logs -f co", "devgate logs -f console "},
				{"devgate stop a", "devgate stop api "},
				{"devgate start a", "devgate start api "},
				{"devgate wait wo", "devgate wait worker "},
				{"devgate up wo", "devgate up worker "},
				{"devgate run a", "devgate run api "},
				{"devgate attach ", "devgate attach console "}, // the only one that has a terminal
				{"devgate up -f Devg", "devgate up -f Devgatefile "},
				{"devgate restart -f other/Procfile o", "devgate restart -f other/Procfile one "},
				{"devgate compl", "devgate completion "},
			} {
				term.tab(c.typed, c.becomes)
			}
			p.write("Devgatefile", "[api\ncommand = 'x'\n")
			term.tab("devgate restart wo", "devgate restart wo")
			if err := os.Remove(p.path("Devgatefile")); err != nil {
				t.Fatal(err)
			}
			term.tab("devgate restart wo", "devgate restart wo")
		})
	}
}

// tab types a line and Tab, and a letter behind it: what is then there is what Tab has
// made of the line.
func (term *terminal) tab(typed, becomes string) {
	term.t.Helper()
	term.keys("C-u", "C-l")
	term.await(`\A% *\n*\z`)
	term.tmux("send-keys", "-l", typed)
	term.keys("Tab")
	term.tmux("send-keys", "-l", "#")
	term.await(`\A% ` + becomes + `#\n*\z`)
}
