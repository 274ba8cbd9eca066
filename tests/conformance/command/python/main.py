import sys

code, *words = sys.argv[1:]
print("|".join(words))
print(f"{sum(1 for _ in sys.stdin)} lines")
sys.exit(int(code))
