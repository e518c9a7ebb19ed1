// chandler_fuzz_seeds CORPUS: writes the seeds that have to be made, each into its target's folder.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "fuzz/seeds.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: chandler_fuzz_seeds CORPUS\n";
    return 2;
  }
  const std::filesystem::path corpus = arguments[1];
  for (const chandler::fuzz::Seed& seed : chandler::fuzz::made_seeds()) {
    std::filesystem::create_directories(corpus / seed.target);
    std::ofstream file(corpus / seed.target / seed.name, std::ios::binary);
    file << seed.bytes;
    if (!file.flush()) {
      std::cerr << "cannot write " << (corpus / seed.target / seed.name).string() << '\n';
      return 1;
    }
  }
  return 0;
}
