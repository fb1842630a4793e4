package control

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

// P9: the pipe has rights for its user alone, as the system tells them of it: a list
// that inherits none, with one entry.
func TestThePipeIsForItsUserAlone(t *testing.T) {
	l, err := Listen(`\\.\pipe\devgate-test-rights`)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, err := windows.GetSecurityInfo(l.(*pipeListener).next, windows.SE_KERNEL_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	how, _, err := got.Control()
	if err != nil || how&windows.SE_DACL_PROTECTED == 0 {
		t.Errorf("it inherits rights: %v, %v", got, err)
	}
	rights, _, err := got.DACL()
	if err != nil || rights == nil || rights.AceCount != 1 {
		t.Fatalf("want one entry: %v, %v", got, err)
	}
	var entry *windows.ACCESS_ALLOWED_ACE
	if err := windows.GetAce(rights, 0, &entry); err != nil {
		t.Fatal(err)
	}
	if whose := (*windows.SID)(unsafe.Pointer(&entry.SidStart)); !whose.Equals(user.User.Sid) {
		t.Errorf("the rights are those of %v", whose)
	}
}
