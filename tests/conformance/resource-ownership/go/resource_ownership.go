package export_conformance_resource_ownership_resource_ownership

import "runtime"

var alive uint32

type Token struct {
	pinner runtime.Pinner
	handle int32
}

func MakeToken() *Token {
	alive++
	return &Token{}
}

func (self *Token) OnDrop() { alive-- }

func Alive(tokens []*Token) uint32 { return alive }

func Take(token *Token) uint32 {
	token.Drop()
	return alive
}

func Keep(token *Token) *Token { return token }
