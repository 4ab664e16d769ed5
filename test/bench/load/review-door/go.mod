module review-door

go 1.21
