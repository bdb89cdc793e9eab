package ftptest

import "crypto/md5"

// crypt64 is the alphabet of crypt(3).
const crypt64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// md5Crypt returns the "$1$" hash of crypt(5), which ProFTPD and Pure-FTPd
// check through the C library. It is the one form that the standard library
// suffices for, and quick to check: a test logs in often. It guards nothing.
func md5Crypt(password, salt string) string {
	inner := md5.Sum([]byte(password + salt + password))
	text := []byte(password + "$1$" + salt)
	for n := len(password); n > 0; n -= md5.Size {
		text = append(text, inner[:min(n, md5.Size)]...)
	}
	for n := len(password); n > 0; n >>= 1 {
		if n&1 == 1 {
			text = append(text, 0)
		} else {
			text = append(text, password[0])
		}
	}
	sum := md5.Sum(text)
	for round := range 1000 {
		text = text[:0]
		if round%2 == 1 {
			text = append(text, password...)
		} else {
			text = append(text, sum[:]...)
		}
		if round%3 != 0 {
			text = append(text, salt...)
		}
		if round%7 != 0 {
			text = append(text, password...)
		}
		if round%2 == 1 {
			text = append(text, sum[:]...)
		} else {
			text = append(text, password...)
		}
		sum = md5.Sum(text)
	}
	out := []byte("$1$" + salt + "$")
	digits := func(v uint, n int) {
		for ; n > 0; n-- {
			out = append(out, crypt64[v&63])
			v >>= 6
		}
	}
	for _, t := range [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}} {
		digits(uint(sum[t[0]])<<16|uint(sum[t[1]])<<8|uint(sum[t[2]]), 4)
	}
	digits(uint(sum[11]), 2)
	return string(out)
}
