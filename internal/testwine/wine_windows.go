package testwine

import "syscall"

// isWine goes by a function that Wine alone has.
func isWine() bool { return syscall.NewLazyDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil }
