package agents

import (
	"bytes"
	_ "embed"
	"fmt"
)

// The lines around the block. What follows "devgate" in the first may change between
// versions of devgate, so only its beginning is looked for.
const (
	beginning = "<!-- devgate:"
	begin     = beginning + " kept by `devgate init --agents`, which replaces everything up to the end mark -->"
	end       = "<!-- /devgate -->"
)

//go:embed block.md
var text []byte

// Block is the block with its marks, each line with a line end.
func Block() []byte { return fmt.Appendf(nil, "%s\n%s%s\n", begin, text, end) }

// Merge returns what a file holds that held old, once the block is in it: in the place
// of the one that is there, else at its end.
func Merge(old []byte) ([]byte, error) {
	block := Block()
	if bytes.Contains(old, []byte("\r\n")) {
		block = bytes.ReplaceAll(block, []byte("\n"), []byte("\r\n"))
	}
	from, to, err := find(old)
	switch {
	case err != nil:
		return nil, err
	case to == 0:
		return appended(old, block), nil
	}
	return bytes.Join([][]byte{old[:from], block, old[to:]}, nil), nil
}

// appended puts the block behind what is there, and an empty line between.
func appended(old, block []byte) []byte {
	if len(old) == 0 {
		return block
	}
	// The same line end as everywhere in the block.
	_, line, _ := bytes.Cut(block, []byte("-->"))
	lineEnd := line[:bytes.IndexByte(line, '\n')+1]
	gap := lineEnd
	if !bytes.HasSuffix(old, []byte("\n")) {
		gap = bytes.Repeat(lineEnd, 2)
	}
	return bytes.Join([][]byte{old, gap, block}, nil)
}

// find returns where the block begins and ends, its last line end included; 0 and 0
// when there is none.
func find(old []byte) (from, to int, err error) {
	began, at, number := 0, 0, 0
	for line := range bytes.Lines(old) {
		number++
		switch mark := bytes.TrimSpace(line); {
		case bytes.HasPrefix(mark, []byte(beginning)) && began > 0:
			return 0, 0, fmt.Errorf("lines %d and %d both begin a block of devgate's\n  hint: remove one of the blocks, up to %s", began, number, end)
		case bytes.HasPrefix(mark, []byte(beginning)) && to > 0:
			return 0, 0, fmt.Errorf("line %d begins a second block of devgate's\n  hint: remove one of the blocks, up to %s", number, end)
		case bytes.HasPrefix(mark, []byte(beginning)):
			began, from = number, at
		case bytes.Equal(mark, []byte(end)) && began == 0:
			return 0, 0, fmt.Errorf("line %d ends a block of devgate's that has no beginning\n  hint: remove the line", number)
		case bytes.Equal(mark, []byte(end)):
			began, to = 0, at+len(line)
		}
		at += len(line)
	}
	if began > 0 {
		return 0, 0, fmt.Errorf("line %d begins a block of devgate's that has no end\n  hint: write %s where it ends, or remove the line", began, end)
	}
	return from, to, nil
}
