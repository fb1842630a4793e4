package port

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

// What netsh prints, in three languages: words, marks and blanks differ.
const (
	english = "\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port      \r\n----------    --------      \r\n" +
		"      2950        3049      \r\n      3050        3149      \r\n      5357        5357      \r\n     50000       50059     *\r\n\r\n" +
		"* - Administered port exclusions.\r\n\r\n"
	german = "\r\nProtokoll tcp Portausschlussbereiche\r\n\r\nStartport    Endport\r\n----------    --------\r\n" +
		"      2950        3049\r\n      3050        3149\r\n      5357        5357\r\n     50000       50059     *\r\n\r\n" +
		"* - Verwaltete Portausschl\x81sse.\r\n\r\n" // in the console's own bytes
	japanese = "\r\nプロトコル tcp ポート除外範囲\r\n\r\n開始ポート    終了ポート\r\n----------    --------\r\n" +
		"      2950        3049\r\n      3050        3149\r\n      5357        5357\r\n     50000       50059     *\r\n\r\n* - 管理されたポート除外。\r\n"
)

func TestReservedRangesAreReadInAnyLanguage(t *testing.T) {
	for _, text := range []string{english, german, japanese} {
		if got := fmt.Sprint(rangesIn(text)); got != "[{2950 3049} {3050 3149} {5357 5357}]" {
			t.Errorf("%s of\n%s", got, text)
		}
	}
	for _, text := range []string{"", "\r\n", "1 2 3\n", "-1 5\n", "9 8\n", "1 65536\n", "0 4\n", "one 2\n", "3000\n", "The following command was not found: int.\n"} {
		if got := rangesIn(text); got != nil {
			t.Errorf("%v of %q", got, text)
		}
	}
}

func TestAReservedPortIsToldWithItsRangeAndAnother(t *testing.T) {
	ranges := rangesIn(english)
	for _, c := range []struct {
		port, instead int
		want          string
	}{
		{3000, 3150, "port 3000 is within 2950-3049, which Windows has reserved"},
		{3149, 3150, "port 3149 is within 3050-3149, which Windows has reserved"},
		{5357, 5358, "port 5357 is reserved by Windows"},
		{2949, 3150, "port 2949 is reserved by Windows, see: netsh int ipv4 show excludedportrange protocol=tcp"},
	} {
		err := reservedError(c.port, ranges, fs.ErrPermission)
		if err.Error() != c.want || err.Instead != c.instead || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%v, instead %d", err, err.Instead)
		}
	}
}
