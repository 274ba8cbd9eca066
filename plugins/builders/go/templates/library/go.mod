module {{package}}

go 1.25
